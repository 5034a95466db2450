import json

import pytest

from ragline.errors import ConfigError
from ragline.gates.suites import GATED, load_suites
from ragline.gates.validation import Check, validate
from tests.places import REPOSITORY


@pytest.mark.parametrize("table", GATED)
def test_every_gated_table_has_its_suites_and_every_expectation_says_why_and_what_to_do(table):
    suites = load_suites(REPOSITORY / "expectations", table)
    for suite in (suites.rows, suites.facts):
        assert all(expectation["meta"]["notes"] and expectation["meta"]["remedy"] for expectation in suite["expectations"])


@pytest.mark.parametrize("content", ["{oops", "[]", '{"name": "documents"}'])
def test_a_file_that_is_no_suite_is_a_configuration_error(tmp_path, content):
    (tmp_path / "documents.json").write_text(content)
    with pytest.raises(ConfigError, match="documents.json"):
        load_suites(tmp_path, "documents")


def test_a_table_without_suites_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match=r"neither chunks.json nor chunks.facts.json is in"):
        load_suites(tmp_path, "chunks")


def test_the_fingerprint_changes_with_the_suite_not_with_its_layout(tmp_path):
    suite = {"name": "documents", "expectations": [{"type": "a", "kwargs": {}}]}
    prints = []
    for text in (json.dumps(suite), json.dumps(suite, indent=4), json.dumps({**suite, "expectations": []})):
        (tmp_path / "documents.json").write_text(text)
        prints.append(load_suites(tmp_path, "documents").fingerprint)
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        ({"type": "expect_columns_to_sing", "kwargs": {}}, "expect_columns_to_sing"),
        ({"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "x", "typo": 1}}, "typo"),
        ({"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "nowhere"}}, "nowhere"),
    ],
)
def test_an_expectation_that_cannot_be_evaluated_is_a_configuration_error(expectation, message):
    import pandas as pd

    with pytest.raises(ConfigError, match=message):
        validate([Check("documents", {"expectations": [expectation]}, pd.DataFrame({"x": [1]}), ["x"])], None)
