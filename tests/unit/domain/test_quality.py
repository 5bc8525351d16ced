"""Whether a batch may be used."""

from hypothesis import given
from hypothesis import strategies as st

from telar.domain.quality import ColumnQuality, QualityReport, check_quality, refusal
from telar.domain.rules import QualityRules

RULES = QualityRules(min_rows=100)
counts = st.integers(0, 200)
reports = st.builds(
    QualityReport,
    rows=st.integers(0, 200),
    missing_columns=st.sampled_from([(), ("Count",)]),
    retyped_columns=st.sampled_from([{}, {"Count": "text"}]),
    duplicates=counts,
    columns=st.dictionaries(
        st.sampled_from(["Length", "Kind"]),
        st.builds(ColumnQuality, nulls=counts, unreadable=counts, out_of_range=counts, optional=st.booleans()),
    ),
)


def refused(**found: object) -> str | None:
    return refusal(check_quality(QualityReport(rows=200, **found), RULES))


@given(reports)
def test_a_batch_is_refused_exactly_when_a_rule_is_broken(report: QualityReport) -> None:
    checks = check_quality(report, RULES)

    assert (refusal(checks) is None) == all(check.holds for check in checks)


@given(reports)
def test_the_checks_can_be_recomputed_from_the_stored_report(report: QualityReport) -> None:
    stored = QualityReport.model_validate_json(report.model_dump_json())

    assert check_quality(stored, RULES) == check_quality(report, RULES)


def test_a_good_batch_is_not_refused() -> None:
    assert refused(duplicates=3, columns={"Count": ColumnQuality(nulls=20, unreadable=2, out_of_range=4)}) is None


def test_a_refusal_names_the_rule_its_value_and_its_limit() -> None:
    assert refused(columns={"Count": ColumnQuality(nulls=150)}) == "Count, share of nulls: 0.75, limit 0.5"
    assert refused(duplicates=150) == "duplicate rows: 0.75, limit 0.5"
    assert refused(missing_columns=("Count", "Kind")) == "missing columns: Count, Kind"
    assert refused(retyped_columns={"Count": "text"}) == "retyped columns: Count is now text"
    assert refusal(check_quality(QualityReport(rows=1), RULES)) == "rows: 1, limit 100"


def test_nulls_in_an_optional_column_count_against_nothing() -> None:
    assert refused(columns={"Count": ColumnQuality(nulls=200, optional=True)}) is None


def test_a_new_category_refuses_nothing() -> None:
    assert refused(new_categories={"Colour": {"pink": 199}}) is None
