"""No two documents of a source have one id: neither by their names, nor when two ids are equal all the same."""

import io
import itertools
import warnings
import zipfile
from collections import Counter
from contextlib import nullcontext

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from ragline.contracts.fingerprints import doc_id
from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.gates.job import gate
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from ragline.ingest.item import Item
from ragline.ingest.sync.rows import item_columns, part_columns
from ragline.lake.commits import Commit
from tests.ingest.extract.archives import zipped
from tests.ingest.job_runs import documents, refusals, run_ingest
from tests.ingest.sync.stepped_runs import ParserHere
from tests.ingest.sync.test_rows import SOURCE


@pytest.fixture(autouse=True)
def _parse_here(monkeypatch):
    monkeypatch.setattr("ragline.ingest.sync.extract_task.Parser", lambda settings: nullcontext(ParserHere()))


def posing(project):
    """An archive, and a file that is named as the member of one."""
    (project.corpus / "a.zip").write_bytes(zipped({"x.md": "inside\n"}))
    (project.corpus / "a.zip!").mkdir()
    (project.corpus / "a.zip!/x.md").write_text("outside\n")


def test_a_file_that_is_named_as_a_member_of_an_archive_is_another_document(project):
    posing(project)
    run_ingest(project)
    found = documents(project)
    assert (found["a.zip!/x.md"]["text"], found["a.zip!\\/x.md"]["text"]) == ("inside\n", "outside\n")
    assert found["a.zip!\\/x.md"]["uri"] == (project.corpus / "a.zip!/x.md").as_uri()
    assert run_ingest(project).status == "nothing_to_do"
    assert project.run("gate", lambda run: gate(run, "documents")).status == "done"


def test_a_lake_that_holds_one_id_twice_is_healed(project):
    posing(project)
    run_ingest(project)
    member = documents(project)["a.zip!/x.md"]
    twice = [{**member, "text": text, "row_hash": None} for text in ("inside\n", "outside\n")]
    project.lake.append(DOCUMENTS, pa.Table.from_pylist(twice, schema=DOCUMENTS.schema), Commit("as it was", "r"))
    assert project.run("gate", lambda run: gate(run, "documents")).status == "gate_failed"
    assert run_ingest(project).counts["changed"] == 1
    assert documents(project)["a.zip!/x.md"]["text"] == "inside\n"
    assert project.run("gate", lambda run: gate(run, "documents"), run_id="again").status == "done"


NAMES = st.lists(st.sampled_from(["a", "b.zip", "!", "/", "#2", "!/", "\\"]), min_size=1, max_size=3).map("".join)
MEMBERS = st.lists(st.tuples(NAMES, st.none() | st.lists(st.tuples(NAMES, st.none()), max_size=3)), min_size=1, max_size=4)


def packed(members, numbers):
    """A zip file of members; those with members of their own are zip files. Every text is another one."""
    content = {}
    for name, inner in members:
        content[name] = f"text {next(numbers)}\n" if inner is None else packed(inner, numbers)
    return zipped(content)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(NAMES, st.none() | MEMBERS, min_size=1, max_size=5))
def test_files_and_members_however_they_are_named_have_each_an_id_of_its_own(files):
    numbers, ids = itertools.count(), []
    for name, members in files.items():
        content = f"text {next(numbers)}\n".encode() if members is None else packed(members, numbers)
        columns = item_columns(SOURCE, Item(name, f"file:///{name}"))
        ids += [part_columns(columns, part)["doc_id"] for part in extract(ParseRequest(content, name))]
    assert len(set(ids)) == len(ids)


def test_a_number_takes_no_name_that_another_member_has():
    def names(*members):
        parts = extract(ParseRequest(zipped_twice(members), "a.zip"))
        return {part.parsed.text: part.name for part in parts}

    assert names(("a", "1"), ("a", "2")) == {"1\n": "a", "2\n": "a#2"}
    assert names(("a", "1"), ("a", "2"), ("a#2", "3")) == {"1\n": "a", "2\n": "a#3", "3\n": "a#2"}
    assert names(("a#2", "3"), ("a", "1"), ("a", "2")) == {"1\n": "a", "2\n": "a#3", "3\n": "a#2"}


def zipped_twice(members):
    """A zip file in which names may come twice."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w") as archive:
        warnings.simplefilter("ignore")
        for name, text in members:
            archive.writestr(name, text)
    return target.getvalue()


@pytest.fixture
def unlucky(monkeypatch):
    """A hash of ids that gives one id to the first members of two archives."""

    def one_for_two(source, source_id):
        return "0" * 32 if source_id in ("a.zip!/x.md", "b.zip!/y.md") else doc_id(source, source_id)

    for place in ("rows", "list_source", "binding", "collisions"):
        monkeypatch.setattr(f"ragline.ingest.sync.{place}.doc_id", one_for_two)


def test_of_two_documents_with_one_id_the_later_one_is_refused_until_the_first_is_gone(project, unlucky):
    (project.corpus / "a.zip").write_bytes(zipped({"x.md": "first\n", "other.md": "other\n"}))
    (project.corpus / "b.zip").write_bytes(zipped({"y.md": "second\n"}))
    run_ingest(project)
    assert documents(project)["a.zip!/x.md"]["text"] == "first\n"
    assert list(refusals(project).values()) == ["id_collision"]
    for table in (DOCUMENTS, ITEMS, QUARANTINE):
        assert max(Counter(project.lake.read(table)["doc_id"].to_pylist()).values()) == 1
    assert run_ingest(project).status == "nothing_to_do"
    assert run_ingest(project, full_refresh=True).status == "nothing_to_do"
    assert [project.lake.version(table) for table in (DOCUMENTS, QUARANTINE)] == [1, 1]
    (project.corpus / "a.zip").unlink()
    run_ingest(project)
    assert documents(project)["b.zip!/y.md"]["text"] == "second\n"
    assert refusals(project) == {}
