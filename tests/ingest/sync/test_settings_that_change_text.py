"""A setting that changes what documents say is in the documents after the next ingest, and costs reading that source alone."""

import json
import sqlite3
from collections import Counter
from importlib.metadata import distributions

import dulwich.porcelain as git
import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.source_types import source_class, source_types
from ragline.ingest.sync.forecast import forecast
from ragline.ingest.sync.options import SyncOptions
from tests.ingest.job_runs import counted, documents, refusals, run_ingest
from tests.ingest.sync.test_fingerprint import SHAPING
from tests.ingest.sync.test_fingerprint import changed as with_setting

RECORDS = [
    {"id": "a", "summary": "A short.", "body": "A at length.", "version": 1},
    {"id": "b", "summary": "B short.", "body": "B at length.", "version": 1},
]
# The smallest PNG that there is.
PIXEL = (
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def write_table(project):
    (project.root / "tickets.jsonl").write_text("\n".join(map(json.dumps, RECORDS)))
    return {"name": "tickets", "type": "table", "uri": "tickets.jsonl", "fields": {"text": "summary"}}


def write_database(project, name="wiki.db", body="body"):
    with sqlite3.connect(project.root / name) as database:
        database.execute("CREATE TABLE page (id TEXT, summary TEXT, body TEXT, version INTEGER)")
        database.executemany("INSERT INTO page VALUES (:id, :summary, :body, :version)", RECORDS)
        database.execute(f"UPDATE page SET body = {body}")
    database.close()
    query = "SELECT id, body AS text, version, 'https://wiki/' || id AS link FROM page"
    return {
        "name": "wiki",
        "type": "sql",
        "url": f"sqlite:///{name}",
        "query": query,
        "marker": "version",
        "fields": {"uri": "link"},
    }


def write_git(project):
    git.init(str(project.root / "repository"))
    (project.root / "repository" / "a.md").write_text("# A\n\nText.\n")
    git.add(str(project.root / "repository"), [str(project.root / "repository" / "a.md")])
    git.commit(str(project.root / "repository"), b"first", author=b"A <a@example.org>", committer=b"A <a@example.org>")
    return {"name": "code", "type": "git", "url": "repository"}


def write_environment(project, monkeypatch):
    """An environment of one package: listing the one of the tests takes seconds."""
    folder = project.root / "environment" / "apple-1.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: apple\nVersion: 1\n\nPeel it first.\n")
    module = "ragline.ingest.sources.python_packages.distributions"
    monkeypatch.setattr(module, lambda: distributions(path=[str(folder.parent)]))
    return {"name": "packages", "type": "python_packages"}


def write_site(project, site):
    site.write("/", "<h1>Home</h1><p>Welcome to all of it.</p>")
    return {"name": "site", "type": "website", "url": site.url, "allow_private": True, "requests_per_second": 1000}


@pytest.fixture
def opened(monkeypatch):
    """How many items of each source were read."""
    counts = Counter()
    for kind in map(source_class, source_types()):

        def open_all(source, items, original=kind.open_all):
            for item, opener in original(source, items):
                counts[source.name] += 1
                yield item, opener

        monkeypatch.setattr(kind, "open_all", open_all)
    return counts


def texts(project):
    return sorted(row["text"].strip() for row in project.lake.read(DOCUMENTS).to_pylist())


def test_another_field_for_the_text_reads_that_table_again_and_nothing_else(project, opened):
    tickets, folder = write_table(project), {"name": "guides", "type": "folder", "uri": "corpus/guides"}
    project.configure(sources=[tickets, folder])
    run_ingest(project)
    guides = opened.pop("guides")
    opened.clear()
    project.configure(sources=[{**tickets, "fields": {"text": "body"}}, folder])
    assert run_ingest(project).counts == counted(changed=2, unchanged=guides)
    assert opened == {"tickets": 2}
    assert [row["text"] for row in documents(project, source="tickets").values()] == ["A at length.\n", "B at length.\n"]
    assert run_ingest(project).status == "nothing_to_do"
    assert opened == {"tickets": 2}


@pytest.mark.parametrize("kind", ["sql", "table"])
def test_every_setting_that_shapes_records_has_all_of_them_read_and_no_other_source(project, kind):
    columns = ("id", "key", "body", "summary", "title", "link", "customer", "groups", "created_at", "version", "changed")
    rows = [dict.fromkeys(columns, letter) for letter in "ab"]
    (project.root / "tickets.csv").write_text("\n".join(",".join(row) for row in [columns, *(row.values() for row in rows)]))
    with sqlite3.connect(project.root / "wiki.db") as database:
        database.execute(f"CREATE TABLE page ({', '.join(columns)})")
        database.executemany(f"INSERT INTO page VALUES ({', '.join(f':{name}' for name in columns)})", rows)
    database.close()
    smallest, others = SHAPING[kind]
    source = {"name": "records", "type": kind, **smallest, **({"query": "SELECT * FROM page"} if kind == "sql" else {})}
    folder = {"name": "guides", "type": "folder", "uri": "corpus/guides"}
    project.configure(sources=[source, folder])
    run_ingest(project)
    for path, value in others.items():
        if path in ("format", "delimiter"):  # this file is no such table
            continue
        value = "SELECT *, 1 AS one FROM page" if path == "query" else value
        project.configure(sources=[with_setting(source, path, value), folder])
        records, guides = forecast(project.settings(), None, SyncOptions())
        assert (records.changed, records.unchanged, guides.changed) == (2, 0, 0), path


@pytest.mark.parametrize(
    ("setting", "value", "after"),
    [
        ("query", "SELECT id, upper(body) AS text, version FROM page", ["A AT LENGTH.", "B AT LENGTH."]),
        ("query", "SELECT id, body || summary AS text, version FROM page", ["A at length.A short.", "B at length.B short."]),
        ("url", "sqlite:///other.db", ["a at length.", "b at length."]),
        ("media_type", "text/markdown", ["A at length.", "B at length."]),
    ],
)
def test_another_query_or_database_is_read_though_no_marker_changed(project, setting, value, after):
    wiki = write_database(project)
    write_database(project, "other.db", "lower(body)")
    project.configure(sources=[wiki])
    run_ingest(project)
    assert texts(project) == ["A at length.", "B at length."]
    assert run_ingest(project).status == "nothing_to_do"
    fields = {} if setting == "query" else wiki["fields"]
    project.configure(sources=[{**wiki, "fields": fields, setting: value}])
    assert run_ingest(project).counts["changed"] == 2
    assert texts(project) == after


def test_another_delimiter_is_another_table(project):
    (project.root / "t.csv").write_text("id,text\na,one;two\n")
    table = {"name": "t", "type": "table", "uri": "t.csv"}
    project.configure(sources=[table])
    run_ingest(project)
    assert texts(project) == ["one;two"]
    (project.root / "t.csv").write_text("id;text\na;one,two\n")
    project.configure(sources=[{**table, "delimiter": ";"}])
    run_ingest(project)
    assert texts(project) == ["one,two"]


def test_text_recognition_is_asked_again_for_images_and_for_nothing_else(project, opened, monkeypatch, tmp_path):
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\ncat > /dev/null\necho "Recognised in $4."\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (project.corpus / "guides" / "scan.png").write_bytes(bytes.fromhex(PIXEL))
    project.configure(sources=[{"name": "guides", "type": "folder", "uri": "corpus/guides"}])
    run_ingest(project)
    assert refusals(project) == {"scan.png": "needs_ocr"}
    for languages, text in ((["eng"], "Recognised in eng."), (["deu", "eng"], "Recognised in deu+eng.")):
        opened.clear()
        project.configure(
            sources=[{"name": "guides", "type": "folder", "uri": "corpus/guides"}],
            ingest={"ocr": {"enabled": True, "languages": languages}},
        )
        run_ingest(project)
        assert documents(project)["scan.png"]["text"].strip() == text
        assert opened == {"guides": 1}
    assert refusals(project) == {}


@pytest.mark.parametrize("kind", ["folder", "git", "python_packages", "sql", "table", "website"])
def test_tenant_labels_and_rules_of_every_type_reach_its_documents(project, site, monkeypatch, kind):
    source = {
        "folder": lambda: {"name": "guides", "type": "folder", "uri": "corpus/guides"},
        "git": lambda: write_git(project),
        "python_packages": lambda: write_environment(project, monkeypatch),
        "sql": lambda: write_database(project),
        "table": lambda: write_table(project),
        "website": lambda: write_site(project, site),
    }[kind]()
    project.configure(sources=[source])
    run_ingest(project)
    before = documents(project)
    assert before
    for setting in ({"tenant": "acme"}, {"access_labels": ["staff"]}):
        project.configure(sources=[{**source, **setting}])
        (found,) = forecast(project.settings(), None, SyncOptions())
        assert (found.changed, found.unchanged) == (len(before), 0)
    rules = [{"match": "*", "access_labels": ["it"]}]
    project.configure(sources=[{**source, "tenant": "lab", "access_labels": ["staff"], "rules": rules}])
    assert run_ingest(project).counts["changed"] == len(before)
    after = documents(project)
    assert {(row["tenant"], *row["access_labels"]) for row in after.values()} == {("lab", "it")}
    assert {name: row["text"] for name, row in after.items()} == {name: row["text"] for name, row in before.items()}


def test_a_limit_of_one_source_is_no_other_ones_second_try(project, opened):
    (project.corpus / "guides/long.md").write_text("# Long\n\n" + "word " * 500)
    (project.corpus / "policies/lengthy.md").write_text("# Long\n\n" + "word " * 500)
    guides = {"name": "guides", "type": "folder", "uri": "corpus/guides", "max_bytes": 2000}
    policies = {"name": "policies", "type": "folder", "uri": "corpus/policies", "max_bytes": 2000}
    project.configure(sources=[guides, policies])
    run_ingest(project)
    project.configure(sources=[{**guides, "max_bytes": 3000}, {**policies, "max_bytes": 3000}])
    run_ingest(project, sources=["guides"])
    assert set(refusals(project)) == {"lengthy.md"}
    run_ingest(project)  # a commit for one source does not make the other one's configuration known
    assert refusals(project) == {}
    assert "lengthy.md" in documents(project, source="policies")
