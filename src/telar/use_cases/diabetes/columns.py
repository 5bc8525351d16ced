"""The fifty columns of the diabetes encounters in the words of their source, as people read them."""

import csv
from collections import defaultdict
from pathlib import Path

from telar.domain.columns import Category, Column, Target, TargetClass

TENS = tuple(range(0, 100, 10))
WEIGHTS = tuple(range(0, 200, 25))
DRUGS = (
    *("metformin", "repaglinide", "nateglinide", "chlorpropamide", "glimepiride", "acetohexamide", "glipizide"),
    *("glyburide", "tolbutamide", "pioglitazone", "rosiglitazone", "acarbose", "miglitol", "troglitazone"),
    *("tolazamide", "examide", "citoglipton", "insulin", "glyburide-metformin", "glipizide-metformin"),
    *("glimepiride-pioglitazone", "metformin-rosiglitazone", "metformin-pioglitazone"),
)
DOSES = {"No": "Not prescribed", "Steady": "Steady", "Up": "Increased", "Down": "Decreased"}
NOT_MEASURED = "Empty where it was not measured, which the source writes as None."


def codes() -> dict[str, dict[str, str]]:
    """By column, its codes and what they mean: the source's table of ids, payers and specialties."""
    known = defaultdict[str, dict[str, str]](dict)
    with Path(__file__).with_name("codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known[row["column"]][row["value"]] = row["label"]
    return dict(known)


CODES = codes()


def _words(name: str, label: str, help: str, words: dict[str, str], nullable: bool = False) -> Column:
    categories = tuple(Category(value=value, label=each) for value, each in words.items())
    return Column(name=name, kind="category", label=label, help=help, categories=categories, nullable=nullable)


def _coded(name: str, label: str, help: str, nullable: bool = False) -> Column:
    return _words(name, label, help, CODES[name], nullable)


def _count(name: str, label: str, help: str, maximum: int, minimum: int = 0, unit: str = "") -> Column:
    return Column(name=name, kind="integer", label=label, help=help, unit=unit, minimum=minimum, maximum=maximum)


def _identifier(name: str, label: str, help: str) -> Column:
    return Column(name=name, kind="integer", label=label, help=help, minimum=1, identifier=True)


def _visits(name: str, kind: str) -> Column:
    return _count(f"number_{name}", f"{kind} visits before", f"{kind} visits in the year before the encounter.", 200)


def _diagnosis(place: int, label: str) -> Column:
    help = f"{label} as an ICD-9 code, such as 250.83, 428 or V57."
    return Column(name=f"diag_{place}", kind="category", label=label, help=help, nullable=True)


def _drug(name: str) -> Column:
    parts = " with ".join(name.split("-"))
    return _words(name, parts.capitalize(), f"Whether {parts} was prescribed, and how its dose changed.", DOSES)


def _levels(*words: str) -> dict[str, str]:
    return {"Norm": "Normal", **{word: f"Above {word[1:]}" for word in words}}


COLUMNS = (
    _identifier("encounter_id", "Encounter", "The number of this stay in hospital; no model learns from it."),
    _identifier("patient_nbr", "Patient", "The number of the patient, who may have several; no model learns from it."),
    _words(
        "race",
        "Race",
        "As the hospital recorded it.",
        {
            "Caucasian": "Caucasian",
            "AfricanAmerican": "African American",
            "Hispanic": "Hispanic",
            "Asian": "Asian",
            "Other": "Other",
        },
        nullable=True,
    ),
    _words("gender", "Gender", "Empty where unknown or invalid.", {"Female": "Female", "Male": "Male"}, nullable=True),
    _words("age", "Age", "By tens of years.", {f"[{low}-{low + 10})": f"{low} to {low + 9} years" for low in TENS}),
    _words(
        "weight",
        "Weight",
        "By 25 pounds; hardly ever recorded.",
        {
            **{f"[{low}-{low + 25})": f"{low} to less than {low + 25} lb" for low in WEIGHTS},
            ">200": "200 lb or more",
        },
        nullable=True,
    ),
    _coded("admission_type_id", "Admission type", "How urgent the admission was."),
    _coded(
        "discharge_disposition_id",
        "Discharge",
        "Where the patient went. Nobody comes back after death or from a hospice: no model learns from these.",
    ),
    _coded("admission_source_id", "Admission source", "Who sent the patient."),
    _count("time_in_hospital", "Time in hospital", "From admission to discharge.", 14, 1, "days"),
    _coded("payer_code", "Payer", "The source's code of who pays.", nullable=True),
    _coded("medical_specialty", "Specialty", "Of the admitting physician.", nullable=True),
    _count("num_lab_procedures", "Lab tests", "Lab tests during the encounter.", 200),
    _count("num_procedures", "Other procedures", "Procedures other than lab tests during the encounter.", 20),
    _count("num_medications", "Medications", "Distinct generic names given during the encounter.", 150),
    _visits("outpatient", "Outpatient"),
    _visits("emergency", "Emergency"),
    _visits("inpatient", "Inpatient"),
    _diagnosis(1, "Primary diagnosis"),
    _diagnosis(2, "Second diagnosis"),
    _diagnosis(3, "Third diagnosis"),
    _count("number_diagnoses", "Diagnoses", "How many diagnoses were entered.", 30, 1),
    _words("max_glu_serum", "Glucose serum", f"In mg/dl. {NOT_MEASURED}", _levels(">200", ">300"), nullable=True),
    _words("A1Cresult", "HbA1c", f"In percent. {NOT_MEASURED}", _levels(">7", ">8"), nullable=True),
    *(_drug(name) for name in DRUGS),
    _words("change", "Change of drugs", "Of dose or of drug.", {"No": "No change", "Ch": "Changed"}),
    _words("diabetesMed", "Diabetes drugs", "Whether any was prescribed.", {"Yes": "Yes", "No": "No"}),
)
WITHIN_30_DAYS = Target(
    name="readmitted",
    label="Readmission within 30 days",
    classes=(
        TargetClass(value="no", label="Not within 30 days", words=("NO", ">30")),
        TargetClass(value="yes", label="Within 30 days", words=("<30",)),
    ),
)
AT_ANY_TIME = Target(
    name="readmitted",
    label="Readmission at any time",
    classes=(
        TargetClass(value="no", label="Not readmitted", words=("NO",)),
        TargetClass(value="yes", label="Readmitted", words=("<30", ">30")),
    ),
)
