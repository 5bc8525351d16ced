"""A training leaves a version that can be served, and everything that MLflow should tell of it."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient

from telar.adapters.model_registry.registry import ModelRegistry
from telar.adapters.onnx_model import OnnxModel
from telar.domain.candidates import Average, Candidate
from telar.domain.contract import Contract
from telar.domain.errors import NotConvertible, ParityFailed, RegistryUnavailable
from telar.domain.profile import Profile
from telar.domain.promotion import Parity
from telar.domain.use_case import UseCase
from telar.pipeline.features import onnx_forms
from telar.pipeline.features.steps import AppendHypotenuse, AppendSum
from telar.pipeline.training import train
from telar.settings import MlflowSettings
from tests.integration.training.conftest import reason, renamed
from tests.support.ports import free_port
from tests.support.priced import PRICED, training_rows
from tests.support.tiny import TINY
from tests.support.worded import worded


def test_a_training_leaves_a_version_with_all_that_serving_needs(
    registry: ModelRegistry, use_case: UseCase, work: Path, tmp_path: Path
) -> None:
    rows = training_rows(use_case)
    trained = train(use_case, rows, registry, reason(), work, 2)
    assert registry.check_servable(use_case.name, trained.version) == use_case.contract(("0", "1", "2"))
    folder = registry.download(use_case.name, trained.version, tmp_path / "served")
    contract = Contract.model_validate_json((folder / "contract.json").read_bytes())
    assert Parity.model_validate_json((folder / "parity.json").read_bytes()) == trained.parity
    assert Profile.model_validate_json((folder / "profile.json").read_bytes()).rows == len(rows.train)
    scores = OnnxModel.load(folder, contract).run({"Length": [5.5, 1.0], "Count": [30, 40], "Colour": ["red", "blue"]})
    assert [contract.trained_classes[label] for label in scores.labels] == ["0", "2"]
    assert (folder / "model_card.md").read_text().startswith("# Tiny")
    assert not [path for path in folder.rglob("*") if path.suffix in (".pkl", ".pickle", ".joblib")]
    assert not list(work.iterdir()), "the work folder is left as it was found"


def test_the_scikit_learn_form_says_the_same(
    registry: ModelRegistry, use_case: UseCase, work: Path, tmp_path: Path
) -> None:
    rows = training_rows(use_case)
    trained = train(use_case, rows, registry, reason(), work, 2)
    folder = registry.download(use_case.name, trained.version, tmp_path / "served")
    import mlflow.sklearn

    pipeline = mlflow.sklearn.load_model(str(folder / "sklearn"))
    compiled = OnnxModel.load(folder, use_case.contract(("0", "1", "2")))
    columns = [column.name for column in use_case.columns]
    scores = compiled.run({name: rows.test[name].tolist() for name in columns})
    assert pipeline.predict(rows.test[columns]).tolist() == scores.labels


def test_the_run_tells_why_on_what_and_how_well(
    registry: ModelRegistry, use_case: UseCase, work: Path, mlflow_url: str
) -> None:
    trained = train(use_case, training_rows(use_case), registry, reason(), work, 2)
    client = MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url)
    run = client.get_run(trained.mlflow_run_id)
    for part in ("train", "validation", "test"):
        assert 0 < run.data.metrics[f"{part}_macro_f1"] <= 1
        assert f"{part}_accuracy" in run.data.metrics
    assert run.data.metrics["fit_seconds_decision_tree"] >= 0
    assert run.data.params["estimator"] == "sklearn.tree.DecisionTreeClassifier"
    assert run.data.params["estimator.min_samples_leaf"] == "5"
    assert run.data.params["package.scikit-learn"]
    tags = run.data.tags
    assert tags["telar.batches"] == "1,2"
    assert tags["telar.run_reason"] == "no model is in production"
    assert tags["telar.provenance"] == "sample"
    assert tags["telar.code_version"].startswith("0.1.0+")
    assert "Trained on generated rows" in tags["mlflow.note.content"]
    files = {each.path for each in client.list_artifacts(trained.mlflow_run_id)}
    expected = "confusion_matrix.png per_class.txt feature_importance.png model_card.md reason.json batches.json"
    assert set(expected.split()) <= files
    assert run.info.status == "FINISHED"


def test_the_version_carries_its_evidence(registry: ModelRegistry, use_case: UseCase, work: Path) -> None:
    rows = training_rows(use_case)
    trained = train(use_case, rows, registry, reason(), work, 2)
    tags = registry.version(use_case.name, trained.version).tags
    assert "label_agreement=" in tags["telar.parity"]
    assert tags["telar.digest"] == use_case.digest
    assert tags["telar.data_digest"] == rows.data_digest
    assert tags["telar.batch_id"] == "2"
    assert tags["telar.origin"] == "generated with seed 1"


def test_the_same_training_is_not_done_twice(registry: ModelRegistry, use_case: UseCase, work: Path) -> None:
    rows = training_rows(use_case)
    first = train(use_case, rows, registry, reason(), work, 2)
    assert train(use_case, rows, registry, reason(), work, 2) == first
    other_batch = train(use_case, rows, registry, reason(batch_id=3), work, 2)
    other_rows = train(use_case, training_rows(use_case, seed=2), registry, reason(), work, 2)
    fewer = use_case.model_copy(update={"candidates": use_case.candidates[1:]})
    other_definition = train(fewer, rows, registry, reason(), work, 2)
    versions = [each.version for each in (first, other_batch, other_rows, other_definition)]
    assert versions == ["1", "2", "3", "4"]


def test_a_broken_converter_registers_nothing(
    registry: ModelRegistry, use_case: UseCase, work: Path, mlflow_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(onnx_forms._FORMS, AppendHypotenuse, onnx_forms._sum)
    monkeypatch.setitem(onnx_forms._FORMS, AppendSum, onnx_forms._difference)
    with pytest.raises(ParityFailed, match=r"on 6500 rows .*%"):
        train(use_case, training_rows(use_case), registry, reason(), work, 2)
    client = MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url)
    assert client.search_model_versions(f"name = '{use_case.name}'") == []
    assert client.get_experiment_by_name(use_case.name) is None


def test_what_cannot_be_compiled_is_refused_before_the_search(
    registry: ModelRegistry, use_case: UseCase, work: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="telar")
    strange = Candidate(name="spreading", estimator="sklearn.semi_supervised.LabelSpreading")
    with pytest.raises(NotConvertible, match="candidate spreading"):
        train(
            use_case.model_copy(update={"candidates": (*use_case.candidates, strange)}),
            training_rows(use_case),
            registry,
            reason(),
            work,
            2,
        )
    assert "fitted" not in caplog.text


def test_a_class_that_is_missing_among_the_train_rows_is_never_answered(
    registry: ModelRegistry, use_case: UseCase, work: Path, tmp_path: Path
) -> None:
    rows = training_rows(use_case)
    without = replace(rows, train=rows.train[rows.train["Kind"] != "1"], data_digest="without 1")
    trained = train(use_case, without, registry, reason(), work, 2)
    contract = registry.check_servable(use_case.name, trained.version)
    assert contract.trained_classes == ("0", "2")
    card = (registry.download(use_case.name, trained.version, tmp_path) / "model_card.md").read_text()
    assert "Never answered, for want of train rows: Middle" in card


def test_a_collapsed_candidate_stands_in_the_run_as_a_finding(
    registry: ModelRegistry, work: Path, mlflow_url: str
) -> None:
    tree = TINY.candidates[1].model_copy(update={"baseline": True})
    stump = tree.model_copy(
        update={"name": "stump", "parameters": {"max_depth": 1, "max_features": 1}, "search": {}, "baseline": False}
    )
    use_case = renamed(TINY.model_copy(update={"candidates": (stump, tree)}))
    trained = train(use_case, training_rows(use_case), registry, reason(), work, 2)
    run = MlflowClient(tracking_uri=mlflow_url).get_run(trained.mlflow_run_id)
    assert "is worse than" in run.data.tags["telar.finding.stump"]
    assert run.data.params["candidate"] == "decision_tree"


def test_a_number_can_be_predicted_too(registry: ModelRegistry, work: Path, tmp_path: Path) -> None:
    use_case = renamed(PRICED)
    trained = train(use_case, training_rows(use_case), registry, reason(), work, 2)
    contract = registry.check_servable(use_case.name, trained.version)
    assert contract.trained_classes == ()
    assert trained.metrics["test_mae"] < 20
    folder = registry.download(use_case.name, trained.version, tmp_path)
    scores = OnnxModel.load(folder, contract).run({"Length": [4.2], "Count": [30], "Colour": ["red"]})
    assert scores.values == pytest.approx([256], rel=0.1)


def test_words_logarithms_and_an_average_reach_the_registry(
    registry: ModelRegistry, work: Path, tmp_path: Path
) -> None:
    boosted = Candidate(
        name="xgboost", estimator="xgboost.XGBRegressor", parameters={"n_estimators": 60, "max_depth": 4}
    )
    both = Average(name="both", members=("boosting", "xgboost"))
    changed = {"candidates": (PRICED.candidates[1], boosted), "averages": (both,), "target_scale": "log"}
    use_case = renamed(worded(PRICED).model_copy(update=changed))
    rows = training_rows(use_case)
    trained = train(use_case, rows, registry, reason(), work, 2)
    contract = registry.check_servable(use_case.name, trained.version)
    folder = registry.download(use_case.name, trained.version, tmp_path)
    scores = OnnxModel.load(folder, contract).run({name: [use_case.example[name]] for name in use_case.example})
    assert scores.values == pytest.approx([256], rel=0.1)
    assert trained.metrics["test_median_absolute_percentage_error"] < 0.05
    assert trained.metrics["search_mae_both"] > 0


def test_a_registry_that_is_away_is_told_within_seconds(use_case: UseCase, work: Path) -> None:
    away = ModelRegistry(MlflowSettings(url=f"http://127.0.0.1:{free_port()}"))
    start = time.monotonic()
    with pytest.raises(RegistryUnavailable, match="TELAR_MLFLOW_URL"):
        train(use_case, training_rows(use_case), away, reason(), work, 2)
    assert time.monotonic() - start < 60


def test_every_file_of_the_run_can_be_read(
    registry: ModelRegistry, use_case: UseCase, work: Path, mlflow_url: str, tmp_path: Path
) -> None:
    trained = train(use_case, training_rows(use_case), registry, reason(), work, 2)
    client = MlflowClient(tracking_uri=mlflow_url)
    folder = Path(client.download_artifacts(trained.mlflow_run_id, "", str(tmp_path)))
    candidates = json.loads((folder / "candidates.json").read_text())
    assert [(each["candidate"], each["chosen"]) for each in candidates] == [
        ("logistic_regression", False),
        ("decision_tree", True),
    ]
    assert len(candidates[1]["draws"]) == 2
    assert json.loads((folder / "reason.json").read_text())["figures"] == {"pending_rows": 1_500}
    assert set(json.loads((folder / "feature_importance.json").read_text())) == {"Length", "Count", "Colour"}
    matrix = json.loads((folder / "confusion_matrix.json").read_text())
    assert sum(map(sum, matrix["rows_true_columns_predicted"])) == 225
