import json

import pytest

from tests.ingest.sources.table_files import items


def test_other_fields_become_metadata_and_a_number_may_be_an_id(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"nr": 12, "body": "x", "when": 2024, "who": ["a"]}))
    (item,) = items(file, {"id": "nr", "text": "body", "year": "when", "authors": "who", "absent": "nothing"})
    assert item.source_id == "12"
    assert dict(item.metadata) == {"year": 2024, "authors": ["a"]}


ACCESS = {"title": "t", "uri": "link", "tenant": "org", "access_labels": "who"}


def test_columns_give_tenant_labels_title_and_uri_and_win_over_rules(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text(
        '{"id": 1, "text": "x", "t": "T", "link": "https://wiki/1", "org": "acme", "who": ["hr", "legal"]}\n'
        '{"id": 2, "text": "x", "who": "hr; legal"}\n'
        '{"id": 3, "text": "x", "who": null, "org": null}\n'
    )
    one, two, three = items(file, ACCESS, rules=[{"match": "*", "access_labels": ["staff"], "tenant": "base"}])
    assert (one.title, one.uri, one.tenant, one.access_labels) == ("T", "https://wiki/1", "acme", ("hr", "legal"))
    assert (two.tenant, two.access_labels) == ("base", ("hr", "legal"))
    assert (three.tenant, three.access_labels) == ("base", ("staff",))


@pytest.mark.parametrize("labels", ["7", "{}", '["a", 1]', "true"])
def test_labels_that_are_none_are_not_taken_for_public(tmp_path, labels):
    file = tmp_path / "t.jsonl"
    file.write_text(f'{{"id": 1, "text": "x", "who": {labels}}}')
    (item,) = items(file, ACCESS)
    assert item.refusal.reason == "bad_record"
    assert "access labels" in item.refusal.message


@pytest.mark.parametrize("labels", ["null", '""', '" "', '","', '" ; , "', "[]", '[""]', '[" ", ""]'])
def test_labels_that_name_nobody_leave_those_of_rule_and_source(tmp_path, labels):
    file = tmp_path / "t.jsonl"
    file.write_text(f'{{"id": 1, "text": "x", "who": {labels}, "org": "  "}}')
    (by_rule,) = items(file, ACCESS, rules=[{"match": "*", "access_labels": ["staff"], "tenant": "base"}])
    assert (by_rule.tenant, by_rule.access_labels) == ("base", ("staff",))
    (by_source,) = items(file, ACCESS)
    assert (by_source.tenant, by_source.access_labels) == (None, None)


@pytest.mark.parametrize("cell", ["", " ", '","', ";"])
def test_a_cell_of_a_csv_that_names_nobody_leaves_those_of_the_rule(tmp_path, cell):
    file = tmp_path / "t.csv"
    file.write_text(f"id,text,who\n1,x,{cell}\n")
    (item,) = items(file, {"access_labels": "who"}, rules=[{"match": "*", "access_labels": ["staff"]}])
    assert item.access_labels == ("staff",)
