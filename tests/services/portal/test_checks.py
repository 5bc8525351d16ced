"""The checks of a decision in words, and metrics as people name them."""

from datetime import UTC, datetime

import pytest

from services.portal.checks import check_name, check_rows
from services.portal.contract_rows import metric_rows
from services.portal.words import figure
from telar.adapters.warehouse.history_lines import DecisionLine
from telar.domain.decisions import Check


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Price.q75", "Price: 75 % quantile, change since the batch before"),
        ("admission-type.psi", "admission-type: stability index against production's rows"),
        ("Colour.new_share", "Colour: words that production never saw"),
        ("no_production_model", "Model in production"),
        ("pending_rows", "New rows pending"),
        ("gain in macro_f1", "Gain in macro F1"),
        ("loss in rmse", "Loss in root mean squared error"),
        ("roc_auc on the held-out rows", "ROC AUC on the held-out rows"),
        ("ONNX label agreement", "ONNX label agreement"),
        ("first_missing", "First batch that is missing"),
    ],
)
def test_a_check_has_a_name_that_people_read(name: str, words: str) -> None:
    assert check_name(name) == words


def test_changes_are_percentages_and_what_decided_stands_first() -> None:
    checks = (
        Check(name="no_production_model", value=None, threshold=None, holds=False),
        Check(name="Price.mean", value=0.5, threshold=0.15, holds=True),
        Check(name="Price.psi", value=0.05, threshold=0.2, holds=False),
    )
    line = DecisionLine(1, "houses", 1, 1, "train", "train", "", checks, datetime.now(UTC))
    first, production, stability = check_rows(line)
    assert (first["Value"], first["Threshold"], first["Result"]) == ("50 %", "15 %", "fired")
    assert (production["Value"], stability["Value"]) == ("none", "0.05")


def test_prices_are_not_told_in_powers_of_ten() -> None:
    assert [figure(value) for value in (265_000.4, 0.12345, 12.0, True, None)] == [
        "265,000",
        "0.1235",
        "12",
        "yes",
        "–",
    ]


def test_metrics_of_prices_have_their_unit_and_shares_are_percentages() -> None:
    metrics = {"test_mae": 67_900.4, "test_median_absolute_percentage_error": 0.2512, "test_r2": 0.61}
    shown = {row["Metric"]: row["Test"] for row in metric_rows(metrics, "USD")}
    assert shown == {
        "Mean absolute error (USD)": "67,900",
        "Median absolute percentage error": "25.12 %",
        "R²": "0.61",
    }
