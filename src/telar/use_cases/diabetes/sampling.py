"""Generated encounters for a machine without data or internet: alike in kind to the real ones, and not real.

shares.csv holds, as counted in the published encounters, the share of each word of a column and by how much its log
odds of a readmission within 30 days lie above those of all. Columns are drawn independently, but a patient keeps race,
gender and age, and comes back with a frailty that shows in the visits before. As in the source, what hospitals write
down grows with the years: visits outside the hospital and payers are hardly known at first.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from telar.use_cases.diabetes.columns import COLUMNS, DRUGS, WITHIN_30_DAYS

if TYPE_CHECKING:
    from numpy.random import Generator
    from pandas import DataFrame as Frame
else:
    Frame = Any

Array = Any  # a numpy array of one value a row; numpy itself is imported where rows are made

# Shares of patients by their number of encounters, from 1.
ENCOUNTERS = (0.766, 0.146, 0.046, 0.020, 0.010, 0.005, 0.003, 0.002, 0.001, 0.001)
OF_THE_PATIENT = ("race", "gender", "age")
# How much of a column's order is the patient's frailty, from 0 to 1.
FRAIL = {"number_inpatient": 0.6, "number_emergency": 0.5, "number_outpatient": 0.3, "number_diagnoses": 0.3}
# The first quarter of the encounters, those to three quarters, the last: which share of them does not know a column.
ERAS = (0.25, 0.74)
UNKNOWN = {"number_outpatient": (0.8, 0.45, 0.0), "number_emergency": (0.8, 0.3, 0.0), "payer_code": (1.0, 0.3, 0.0)}
DEAD = ("11", "19", "20", "21")
CARED_FOR = ("3", "5", "22")  # discharged to nursing, another institution, rehabilitation
# Log odds within 30 days, and later for the others; how far the columns' own count; of the frail; of the frail in care.
SOON, LATER, STRENGTH, FRAILTY, CARE = -2.02, -0.3, 0.8, 0.15, 0.5


def sample(rows: int, seed: int) -> Frame:
    """``rows`` encounters in the order of their time, 11 % of them with a readmission within 30 days."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    patient = _patients(rows, random)
    frailty = random.normal(size=patient.max() + 1)[patient]
    drawn, odds = _words(patient, frailty, random)
    drawn |= _amounts(drawn, random)
    doses = pd.DataFrame({name: drawn[name] for name in DRUGS})
    drawn["change"] = np.where(doses.isin(["Up", "Down"]).any(axis=1), "Ch", "No")
    drawn["diabetesMed"] = np.where((doses != "No").any(axis=1), "Yes", "No")
    drawn["encounter_id"] = 12_522 + np.cumsum(random.integers(1, 8_700, rows))
    drawn["patient_nbr"] = (135 + np.cumsum(random.integers(1, 2_600, patient.max() + 1)))[patient]
    drawn[WITHIN_30_DAYS.name] = _readmitted(drawn, odds, frailty, random)
    return pd.DataFrame(drawn)[[*(column.name for column in COLUMNS), WITHIN_30_DAYS.name]]


def _patients(rows: int, random: "Generator") -> Array:
    """The patient of each row, from 0; the encounters of one are anywhere."""
    import numpy as np

    encounters = random.choice(np.arange(1, len(ENCOUNTERS) + 1), rows, p=ENCOUNTERS)
    return random.permutation(np.repeat(np.arange(rows), encounters)[:rows])


def _words(patient: Array, frailty: Array, random: "Generator") -> tuple[dict[str, Array], Array]:
    """The columns of shares.csv, and the sum of their log odds."""
    import numpy as np
    import pandas as pd

    whole = {column.name for column in COLUMNS if column.numeric}
    shares = pd.read_csv(Path(__file__).with_name("shares.csv"), dtype={"word": str}, keep_default_na=False)
    drawn, odds = {}, np.zeros(len(patient))
    for name, known in shares.groupby("column", sort=False):
        of_patient, part = name in OF_THE_PATIENT, FRAIL.get(str(name), 0.0)
        noise = random.normal(size=patient.max() + 1 if of_patient else len(patient))
        order = noise if of_patient else part * frailty + (1 - part**2) ** 0.5 * noise
        place = _by_share(order, known["share"].to_numpy())
        place = place[patient] if of_patient else place
        words = known["word"].to_numpy()
        if name in UNKNOWN:
            empty = int(np.flatnonzero(np.isin(words, ["?", "0"]))[0])
            place[_not_known(UNKNOWN[str(name)], len(place), random)] = empty
        drawn[str(name)] = words[place].astype(int) if name in whole else words[place]
        odds += known["odds"].to_numpy()[place]
    return drawn, odds


def _by_share(order: Array, shares: Array) -> Array:
    """The place of each row's word: the rows in their order get the words in theirs, as many as its share says."""
    import numpy as np

    ranks = np.empty(len(order))
    ranks[np.argsort(order, kind="stable")] = (np.arange(len(order)) + 0.5) / len(order)
    return np.minimum(np.searchsorted(np.cumsum(shares), ranks), len(shares) - 1)


def _not_known(shares: tuple[float, ...], rows: int, random: "Generator") -> Array:
    import numpy as np

    era = np.digitize(np.arange(rows) / rows, ERAS)
    return random.random(rows) < np.array(shares)[era]


def _amounts(drawn: dict[str, Array], random: "Generator") -> dict[str, Array]:
    """Tests and drugs; the longer the stay, the more."""
    import numpy as np

    longer = (drawn["time_in_hospital"] - 4.4) / 3
    tests = random.normal(43 + 6 * longer, 18.7)
    drugs = random.gamma(4.5, (16 + 3 * longer) / 4.5)
    return {
        "num_lab_procedures": np.rint(tests).clip(1, 132).astype(int),
        "num_medications": np.rint(drugs).clip(1, 81).astype(int),
    }


def _readmitted(drawn: dict[str, Array], odds: Array, frailty: Array, random: "Generator") -> Array:
    import numpy as np

    often_and_cared_for = (drawn["number_inpatient"] >= 2) & np.isin(drawn["discharge_disposition_id"], CARED_FOR)
    risk = STRENGTH * odds + FRAILTY * frailty + CARE * often_and_cared_for
    soon, later = (random.random(len(odds)) < 1 / (1 + np.exp(-(base + risk))) for base in (SOON, LATER))
    back = np.where(soon, "<30", np.where(later, ">30", "NO"))
    return np.where(np.isin(drawn["discharge_disposition_id"], DEAD), "NO", back).astype(object)
