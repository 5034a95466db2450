from tests.ingest.sources.folders import items


def test_the_last_rule_that_matches_gives_tenant_and_labels(folder):
    rules = [
        {"match": "*", "access_labels": ["staff"]},
        {"match": ["a/**", "!a/deep/**"], "access_labels": ["hr"], "tenant": "acme"},
        {"match": "page.html", "access_labels": []},
    ]
    found = {name: (item.tenant, item.access_labels) for name, item in items(folder, rules=rules).items()}
    assert found["b.md"] == (None, ("staff",))
    assert found["a/x.rst"] == ("acme", ("hr",))
    assert found["a/deep/y.txt"] == (None, ("staff",))
    assert found["page.html"] == (None, ())
