import pyarrow as pa
import pytest

from ragline.contracts.tables import FEEDBACK
from ragline.gates.column_rules import column_rules
from ragline.gates.counted_suite import counted_suite

TEXT = pa.schema([("x", pa.string())])


def entry(name: str, **kwargs: object) -> dict[str, object]:
    return {"type": name, "kwargs": kwargs}


@pytest.mark.parametrize(
    ("expectation", "values", "broken"),
    [
        (entry("expect_column_values_to_not_be_null", column="x"), ["", None], [False, True]),
        (
            entry("expect_column_values_to_match_regex", column="x", regex="^[0-9a-f]{2}$"),
            ["0a", "0A", "0ab", None],
            [0, 1, 1, 0],
        ),
        (entry("expect_column_value_lengths_to_be_between", column="x", min_value=1), ["", "ü", None], [1, 0, 0]),
        (entry("expect_column_value_lengths_to_be_between", column="x", max_value=1), ["", "ü", "🖨🖨"], [0, 0, 1]),
        (entry("expect_column_values_to_be_between", column="x", min_value=0, max_value=2), [-1, 0, 2, 3, None], [1, 0, 0, 1, 0]),
        (entry("expect_column_values_to_be_in_set", column="x", value_set=["a", "b"]), ["a", "c", None], [0, 1, 0]),
        (entry("expect_column_values_to_be_json_parseable", column="x"), ['{"a": 1}', "{oops", "", None], [0, 1, 1, 0]),
    ],
)
def test_a_rule_is_broken_by_the_values_that_great_expectations_would_name(expectation, values, broken):
    column = pa.array(values)
    rule = column_rules([expectation], pa.schema([("x", column.type)]))[0]
    assert rule.broken(column).to_pylist() == [bool(value) for value in broken]


def test_a_column_that_a_file_does_not_have_is_missing_and_nothing_else():
    null, regex = (entry(f"expect_column_values_to_{what}", column="x") for what in ("not_be_null", "match_regex"))
    regex["kwargs"]["regex"] = "a"
    rules = column_rules([null, regex], TEXT)
    assert [rules[place].broken(pa.nulls(2)).to_pylist() for place in (0, 1)] == [[True, True], [False, False]]


def test_two_rules_of_a_kind_on_one_column_are_counted_apart():
    entries = [entry("expect_column_values_to_match_regex", column="x", regex=regex) for regex in ("a", "b")]
    assert [rule.fact for rule in column_rules(entries, TEXT).values()] == ["malformed_x", "malformed_x_2"]


@pytest.mark.parametrize(
    "expectation",
    [
        entry("expect_column_values_to_be_unique", column="query"),
        entry("expect_column_values_to_not_be_null", column="query", mostly=0.9),
        entry("expect_column_values_to_not_be_null", column="nowhere"),
        entry("expect_column_values_to_be_between", column="release", min_value=1, strict_min=True),
        entry("expect_column_values_to_be_between", column="query", min_value=1),
        entry("expect_column_values_to_match_regex", column="query", regex="^(?!test)"),
    ],
)
def test_what_cannot_be_counted_is_left_to_great_expectations(expectation):
    split = counted_suite({"name": "feedback", "expectations": [expectation]}, FEEDBACK)
    assert (split.rules, split.counted["expectations"], split.others["expectations"]) == ((), [], [expectation])
