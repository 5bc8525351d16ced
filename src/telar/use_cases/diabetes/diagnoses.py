"""ICD-9 codes by the nine groups of Strack et al. (2014), "Impact of HbA1c Measurement on Hospital Readmission Rates".

BioMed Research International 2014, table 2. Codes of injury by cause (E) and of factors (V) are "other" there, too.
"""

from telar.domain.features import Grouping
from telar.domain.groups import Group

OTHER = "other"
GROUPS = (
    Group(name="circulatory", ranges=((390, 459), (785, 785))),
    Group(name="respiratory", ranges=((460, 519), (786, 786))),
    Group(name="digestive", ranges=((520, 579), (787, 787))),
    Group(name="diabetes", ranges=((250, 250),)),
    Group(name="injury", ranges=((800, 999),)),
    Group(name="musculoskeletal", ranges=((710, 739),)),
    Group(name="genitourinary", ranges=((580, 629), (788, 788))),
    Group(name="neoplasms", ranges=((140, 239),)),
)


def grouped(column: str) -> Grouping:
    """The group of a column's code, instead of the code."""
    return Grouping(name=f"{column}_group", column=column, groups=GROUPS, other=OTHER)
