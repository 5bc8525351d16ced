"""The generated encounters are worth training on: patients who come back, and shares like the published ones."""

import pandas as pd
import pytest

from telar.adapters.sources.splitting import split_table
from telar.domain.partitions import PARTITIONS
from telar.use_cases import discover

DIABETES = discover(None).get("diabetes")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return DIABETES.sample(20_000, 31)


def test_one_in_nine_is_back_within_30_days_and_the_dead_are_not(rows: pd.DataFrame) -> None:
    shares = rows["readmitted"].value_counts(normalize=True)
    assert shares["<30"] == pytest.approx(0.112, abs=0.01)
    assert shares[">30"] == pytest.approx(0.35, abs=0.05)
    dead = rows["discharge_disposition_id"].isin(["11", "19", "20", "21"])
    assert dead.sum() > 100
    assert set(rows.loc[dead, "readmitted"]) == {"NO"}


def test_patients_come_several_times_and_stay_who_they_are(rows: pd.DataFrame) -> None:
    patients = rows.groupby("patient_nbr")
    assert 1.3 < len(rows) / patients.ngroups < 1.5
    assert (patients[["race", "gender", "age"]].nunique() == 1).all().all()
    assert rows["encounter_id"].is_monotonic_increasing


def test_what_the_source_does_not_know_is_unknown_here_too(rows: pd.DataFrame) -> None:
    unknown = (rows == "?").mean()
    assert unknown["weight"] == pytest.approx(0.969, abs=0.01)
    assert unknown["medical_specialty"] == pytest.approx(0.49, abs=0.02)
    assert (rows["A1Cresult"] == "None").mean() == pytest.approx(0.833, abs=0.01)
    assert (rows["payer_code"].head(5_000) == "?").all()
    assert (rows["payer_code"].tail(5_000) == "?").mean() < 0.5


def test_the_drug_columns_agree_with_what_is_said_of_them(rows: pd.DataFrame) -> None:
    drugs = rows.loc[:, "metformin":"metformin-pioglitazone"]
    assert ((rows["diabetesMed"] == "Yes") == (drugs != "No").any(axis=1)).all()
    assert ((rows["change"] == "Ch") == drugs.isin(["Up", "Down"]).any(axis=1)).all()


def test_it_is_split_by_patient_into_parts_of_equal_shares(rows: pd.DataFrame) -> None:
    parts = pd.Series(split_table(DIABETES, rows).parts, index=rows.index)
    assert (parts.groupby(rows["patient_nbr"]).nunique() == 1).all()
    back = (rows["readmitted"] == "<30").groupby(parts).mean()
    assert (back - (rows["readmitted"] == "<30").mean()).abs().max() < 0.005
    assert parts.value_counts(normalize=True)[list(PARTITIONS)].tolist() == pytest.approx([0.6, 0.2, 0.2], abs=0.005)
