"""The diabetes encounters: fifty columns in words, diagnoses by group, who cannot come back, two targets."""

import re

import numpy as np
import pandas as pd
import pytest

from telar.adapters.onnx_model import OnnxModel
from telar.adapters.sources.texts import as_texts
from telar.domain.columns import Target
from telar.domain.errors import RecordInvalid
from telar.domain.lifecycle import Provenance
from telar.domain.records import record_model, validate
from telar.domain.use_case import UseCase
from telar.pipeline.cleaning import clean_rows
from telar.pipeline.features import build_pipeline
from telar.pipeline.inspection import inspect
from telar.pipeline.reading import read_types
from telar.pipeline.training import TrainingRows
from telar.pipeline.training.choice import choose
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.evaluate import evaluate
from telar.pipeline.training.fitting import fit
from telar.pipeline.training.measure import latency_milliseconds, run
from telar.pipeline.training.parity import check_parity
from telar.pipeline.training.rows import prepare_rows
from telar.pipeline.training.search import search
from telar.use_cases import discover
from telar.use_cases.diabetes import AT_ANY_TIME, WITHIN_30_DAYS, definition
from telar.use_cases.diabetes.columns import DRUGS
from telar.use_cases.diabetes.diagnoses import GROUPS, OTHER

DIABETES = discover(None).get("diabetes")
NOBODY_COMES_BACK = ["11", "13", "14", "19", "20", "21"]


def raw(rows: int, seed: int = 3, **columns: object) -> pd.DataFrame:
    """Generated encounters as they are stored raw, with some columns set."""
    frame = DIABETES.sample(rows, seed).assign(**columns)
    texts = as_texts(DIABETES, frame)
    return pd.DataFrame(texts, columns=list(DIABETES.names), dtype=object).assign(_row=range(rows))


def group_of(code: str) -> str:
    return next((group.name for group in GROUPS if re.fullmatch(group.pattern, code)), OTHER)


def test_there_are_the_fifty_columns_of_the_source_with_words_for_people() -> None:
    assert len(DIABETES.names) == 50
    assert [name for name in DIABETES.names if "-" in name] == list(DRUGS[-5:])
    assert all(column.label and column.help for column in DIABETES.columns)
    by_name = {column.name: column for column in DIABETES.columns}
    labels = {each.value: each.label for each in by_name["admission_type_id"].categories}
    assert (labels["1"], len(labels)) == ("Emergency", 8)
    assert len(by_name["discharge_disposition_id"].categories) == 30
    for column in DIABETES.columns:
        assert len({each.label for each in column.categories}) == len(column.categories), column.name


def test_neither_the_encounter_nor_the_patient_reaches_a_model() -> None:
    assert [column.name for column in DIABETES.columns if column.identifier] == ["encounter_id", "patient_nbr"]
    for candidate in DIABETES.candidates:
        parts = build_pipeline(DIABETES, candidate, {}, 1).named_steps["columns"].transformers
        used = {name for _, _, names in parts for name in names}
        assert used.isdisjoint({"encounter_id", "patient_nbr"})
        assert set(DIABETES.names) - used == {"encounter_id", "patient_nbr", "readmitted"}


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("390", "circulatory"),
        ("428", "circulatory"),
        ("459", "circulatory"),
        ("785", "circulatory"),
        ("460", "respiratory"),
        ("519", "respiratory"),
        ("786", "respiratory"),
        ("520", "digestive"),
        ("579", "digestive"),
        ("787", "digestive"),
        ("250", "diabetes"),
        ("250.83", "diabetes"),
        ("800", "injury"),
        ("999", "injury"),
        ("710", "musculoskeletal"),
        ("739", "musculoskeletal"),
        ("580", "genitourinary"),
        ("629", "genitourinary"),
        ("788", "genitourinary"),
        ("140", "neoplasms"),
        ("239", "neoplasms"),
        ("249", "other"),
        ("251", "other"),
        ("8", "other"),
        ("789", "other"),
        ("V57", "other"),
        ("E885", "other"),
        ("2500", "other"),
    ],
)
def test_a_diagnosis_has_the_group_of_strack_and_others(code: str, group: str) -> None:
    assert group_of(code) == group


def test_a_code_is_in_one_group_only() -> None:
    codes = [str(number) for number in range(1_000)]
    assert all(sum(re.fullmatch(each.pattern, code) is not None for each in GROUPS) <= 1 for code in codes)


def test_encounters_without_a_possible_readmission_are_dropped_and_no_others() -> None:
    received = raw(3_000)
    kept = clean_rows(DIABETES, received)
    gone = received[~received["_row"].isin(kept["_row"])]
    assert sorted(gone["discharge_disposition_id"].unique()) == sorted(
        set(received["discharge_disposition_id"]) & set(NOBODY_COMES_BACK)
    )
    assert not kept["discharge_disposition_id"].isin(NOBODY_COMES_BACK).any()
    for each in NOBODY_COMES_BACK:
        assert clean_rows(DIABETES, raw(5, discharge_disposition_id=each)).empty


def test_a_test_that_was_not_made_is_the_same_whether_none_or_null_and_unknown_words_are_missing() -> None:
    as_words = raw(200, A1Cresult="None", max_glu_serum="None", race="?", gender="Unknown/Invalid")
    as_nulls = raw(200, A1Cresult=None, max_glu_serum=None, race=None, gender=None)
    pd.testing.assert_frame_equal(clean_rows(DIABETES, as_words), clean_rows(DIABETES, as_nulls))
    report = inspect(DIABETES, read_types(DIABETES, as_words), DIABETES.names)
    assert (report.columns["A1Cresult"].nulls, report.new_categories) == (200, {})


def test_a_record_is_asked_for_the_words_of_the_form_and_names_what_is_wrong() -> None:
    model = record_model(DIABETES.contract(DIABETES.target.values))
    assert validate(model, DIABETES.example)["race"] == "Caucasian"
    odd = {"glyburide-metformin": "Sideways", "time_in_hospital": 15, "admission_type_id": "9", "diag_1": None}
    with pytest.raises(RecordInvalid) as caught:
        validate(model, {**DIABETES.example, **odd})
    assert {problem.field for problem in caught.value.problems} == set(odd) - {"diag_1"}


@pytest.mark.parametrize(("target", "share"), [(WITHIN_30_DAYS, 0.11), (AT_ANY_TIME, 0.43)])
def test_either_target_is_one_line_and_is_trained_and_served_alike(target: Target, share: float) -> None:
    use_case = definition("readmission", target)
    prepared = prepare_rows(use_case, training_rows(use_case, 6_000))
    assert abs((prepared.train.target == "yes").mean() - share) < 0.02

    best = choose(use_case, search(use_case, prepared, 1)).contender.best

    compiled = compile_onnx(best.pipeline, prepared.contract)
    model = OnnxModel.load(compiled, prepared.contract)
    figures = evaluate(prepared.contract, prepared.test.target, run(model, prepared.contract, prepared.test.rows))
    assert check_parity(best.pipeline, compiled, prepared.test.rows, prepared.contract, use_case.gate).rows >= 5_000
    assert len(compiled) < 1e6
    assert latency_milliseconds(model, prepared.contract) < 20  # by the example, which leaves out what may be missing
    assert 0.58 < figures["roc_auc"] < 0.75
    assert figures["recall"] > 0.05


def test_the_two_targets_shape_clean_rows_of_their_own() -> None:
    assert definition("any_time", AT_ANY_TIME).digest != DIABETES.digest
    assert definition("any_time").digest == DIABETES.digest


def test_a_drug_with_a_hyphen_in_its_name_has_a_say_in_the_answer() -> None:
    """A model that learned it from the hyphened column alone is told the two doses apart by ONNX, too."""
    frame = read_types(DIABETES, raw(400)).frame
    dose = np.where(np.arange(len(frame)) % 2, "Up", "No")
    frame = frame.assign(**{"glyburide-metformin": dose, "readmitted": np.where(dose == "Up", "yes", "no")})
    rows = TrainingRows(frame, frame, frame, (1,), 1, Provenance.SAMPLE, "", "")
    prepared = prepare_rows(DIABETES, rows)
    candidate = DIABETES.candidates[0]
    pipeline = build_pipeline(DIABETES, candidate, {}, 1)
    fit(pipeline, candidate, prepared.train.inputs, prepared.encoded(prepared.train))
    model = OnnxModel.load(compile_onnx(pipeline, prepared.contract), prepared.contract)
    record = {column.name: [DIABETES.example.get(column.name)] * 2 for column in DIABETES.columns}
    low, high = model.run(record | {"glyburide-metformin": ["No", "Up"]}).probabilities[:, 1]
    assert high > low + 0.05


def training_rows(use_case: UseCase, rows: int) -> TrainingRows:
    """Generated clean encounters: 60 % train, 20 % validation, 20 % test."""
    frame = use_case.clean(read_types(use_case, raw(rows)).frame)
    first, second = int(len(frame) * 0.6), int(len(frame) * 0.8)
    parts = frame.iloc[:first], frame.iloc[first:second], frame.iloc[second:]
    return TrainingRows(*parts, (1,), 1, Provenance.SAMPLE, "generated", "digest")
