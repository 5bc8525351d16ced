"""The form is the contract, told in inputs."""

from services.portal.form import example_values, form_fields, limits, record_of, split_problems
from telar.domain.columns import Category, Column
from telar.domain.contract import Contract
from telar.domain.errors import FieldProblem
from tests.support.tiny import TINY

CONTRACT: Contract = TINY.contract(TINY.target.values)


def test_every_column_becomes_one_field_in_the_contracts_order() -> None:
    assert [field.name for field in form_fields(CONTRACT)] == ["Length", "Count", "Colour"]


def test_a_number_tells_its_unit_its_limits_and_its_help() -> None:
    length = form_fields(CONTRACT)[0]
    assert (length.label, length.hint) == ("Length (m)", "0 to 100 m")
    assert length.help == "From end to end. Allowed: 0 to 100 m."
    assert length.numeric


def test_an_integer_steps_by_whole_numbers_and_a_number_by_hundredths() -> None:
    length, count, _ = form_fields(CONTRACT)
    assert (length.step, count.step) == (0.01, 1)
    assert isinstance(count.step, int)


def test_a_vocabulary_becomes_options_with_labels_beside_the_codes() -> None:
    assert form_fields(CONTRACT)[2].options == {"red": "red · Red", "green": "green · Green", "blue": "blue · Blue"}


def test_a_label_equal_to_its_code_is_not_said_twice() -> None:
    column = Column(name="Area", kind="category", label="Area", categories=(Category(value="Cache", label="Cache"),))
    contract = CONTRACT.model_copy(update={"columns": (column,)})
    assert form_fields(contract)[0].options == {"Cache": "Cache"}


def test_an_open_vocabulary_is_a_free_text() -> None:
    column = Column(name="City", kind="category", label="City", nullable=True)
    (field,) = form_fields(CONTRACT.model_copy(update={"columns": (column,)}))
    assert (field.options, field.hint, field.required) == ({}, "any text", False)
    assert "May be left empty." in field.help


def test_one_sided_limits_are_told_in_words() -> None:
    assert limits(Column(name="A", kind="number", label="A", minimum=1)) == "at least 1"
    assert limits(Column(name="A", kind="number", label="A", maximum=2.5, unit="kg")) == "at most 2.5 kg"
    assert limits(Column(name="A", kind="number", label="A")) == ""


def test_an_empty_field_is_not_sent_and_a_zero_is() -> None:
    fields = form_fields(CONTRACT)
    assert record_of(fields, {"Length": 0.0, "Count": None, "Colour": ""}) == {"Length": 0.0}


def test_the_example_comes_in_the_types_of_its_inputs() -> None:
    contract = CONTRACT.model_copy(update={"example": {"Length": 4, "Count": 30.0, "Colour": "red"}})
    values = example_values(contract)
    assert values == {"Length": 4.0, "Count": 30, "Colour": "red"}
    assert isinstance(values["Length"], float)
    assert isinstance(values["Count"], int)


def test_problems_go_to_their_fields_and_those_of_unknown_fields_stay_apart() -> None:
    problems = (
        FieldProblem("Length", 5000, "must be a number between 0 and 100 m"),
        FieldProblem("Weight", None, "is required"),
    )
    shown, others = split_problems(form_fields(CONTRACT), problems)
    assert shown == {"Length": "must be a number between 0 and 100 m"}
    assert others == [problems[1]]
