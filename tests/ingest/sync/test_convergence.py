"""Whatever runs overlap, and wherever they are killed: one more run, and the lake holds what the folder holds."""

import os
import tempfile
from collections import Counter
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from tests.ingest.extract.archives import zipped
from tests.ingest.job_runs import documents, refusals, run_ingest
from tests.ingest.sync.stepped_runs import SteppedRun, stepped
from tests.project import Project

LONG_AGO = 1_700_000_000
# What a file may hold. One state has one time of change, so that a file that goes back has its old change marker, too.
STATES = {
    "a.md": [None, b"one", b"two", b""],
    "b.md": [None, b"one", b"two"],
    "pack.zip": [None, zipped({"x.md": "one"}), zipped({"x.md": "two", "y.md": "one"}), zipped({"y.md": b""}), b"no archive"],
}
DOCUMENTS_OF = {
    ("a.md", 1): {"a.md": "one\n"},
    ("a.md", 2): {"a.md": "two\n"},
    ("b.md", 1): {"b.md": "one\n"},
    ("b.md", 2): {"b.md": "two\n"},
    ("pack.zip", 1): {"pack.zip!/x.md": "one\n"},
    ("pack.zip", 2): {"pack.zip!/x.md": "two\n", "pack.zip!/y.md": "one\n"},
    ("pack.zip", 4): {"pack.zip": "no archive\n"},
}
REFUSED = {("a.md", 3): {"a.md": "empty_document"}, ("pack.zip", 3): {"pack.zip!/y.md": "empty_document"}}

EDITS = st.one_of(*(st.tuples(st.just(name), st.integers(0, len(states) - 1)) for name, states in STATES.items()))
BEFORE = st.fixed_dictionaries({name: st.integers(0, len(states) - 1) for name, states in STATES.items()})
SIDES = st.sampled_from(["left", "right"])
# A run that is advanced five times is over, mostly: it stops before it lists, before it reads, and before each of three commits.
STEPS = st.tuples(SIDES, st.sampled_from([1, 1, 2, 3, 4, 5, "kill"]))


@pytest.fixture
def small(tmp_path):
    return small_project(tmp_path)


def small_project(folder):
    made = Project(Path(folder) / "project")
    for file in sorted(made.corpus.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    (made.corpus / "stays.md").write_text("always\n")
    return made


def edit(project, name, state):
    file, content = project.corpus / name, STATES[name][state]
    if content is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(content)
        os.utime(file, (LONG_AGO + state, LONG_AGO + state))


def texts(project):
    return {name: row["text"] for name, row in documents(project).items()}


def assert_holds(project, states):
    """The lake holds what the files in these states give, each key once, and says so the next time."""
    expected = {"stays.md": "always\n"}
    refused = {}
    for state in states.items():
        expected |= DOCUMENTS_OF.get(state, {})
        refused |= REFUSED.get(state, {})
    assert (texts(project), refusals(project)) == (expected, refused)
    for table in (DOCUMENTS, ITEMS, QUARANTINE):
        assert all(count == 1 for count in Counter(project.lake.read(table)["doc_id"].to_pylist()).values())
    assert {row["source_id"] for row in project.lake.read(ITEMS).to_pylist()} == {
        "stays.md",
        *(name for name, state in states.items() if state),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(BEFORE, st.lists(st.one_of(EDITS, STEPS), min_size=3, max_size=12), st.booleans())
def test_any_interleaving_and_any_kill_of_two_runs_converges_with_one_more_run(states, actions, full_refresh):
    with tempfile.TemporaryDirectory() as folder, stepped():
        project, runs = small_project(folder), {}
        for name, state in states.items():
            edit(project, name, state)
        run_ingest(project)
        states = dict(states)
        for number, (what, how) in enumerate(actions):
            if what in STATES:
                edit(project, what, how)
                states[what] = how
                continue
            if what not in runs:
                runs[what] = SteppedRun(project, f"run-{number}", full_refresh=full_refresh)
            advance(runs, what, how)
        for run in runs.values():
            run.kill()
        last = run_ingest(project, allow_mass_delete=True)
        assert last.status in ("done", "nothing_to_do"), last.message
        assert_holds(project, states)
        again = run_ingest(project)
        assert again.status == "nothing_to_do"
        assert again.counts["unchanged"] == len(texts(project))


def test_an_edit_that_was_killed_before_items_and_reverted_does_not_stay(small):
    with stepped():
        edit(small, "a.md", 1)
        run_ingest(small)
        edit(small, "a.md", 2)
        run = SteppedRun(small, "killed")
        for _ in range(3):  # the listing, reading, the commit of documents
            run.advance()
        run.kill()
        assert texts(small)["a.md"] == "two\n"
        edit(small, "a.md", 1)
        assert run_ingest(small).counts["changed"] == 1
        assert_holds(small, {"a.md": 1})


def test_a_file_that_changed_after_it_was_listed_is_noted_with_the_marker_of_what_was_read(small):
    with stepped():
        edit(small, "a.md", 1)
        run = SteppedRun(small, "listed")
        run.advance()
        edit(small, "a.md", 2)
        while not run.is_over:
            run.advance()
        assert texts(small)["a.md"] == "two\n"
        edit(small, "a.md", 1)
        assert run_ingest(small).counts["changed"] == 1
        assert_holds(small, {"a.md": 1})


def test_an_archive_whose_items_were_not_committed_is_no_mass_deletion(small):
    with stepped():
        edit(small, "pack.zip", 2)
        run = SteppedRun(small, "killed")
        for _ in range(3):
            run.advance()
        run.kill()
        assert len(texts(small)) == 3
        assert run_ingest(small).status == "nothing_to_do"
        assert small.lake.version(DOCUMENTS) == 1  # what was there already is not written again
        assert_holds(small, {"pack.zip": 2})


def advance(runs, which, how):
    for _ in range(1 if how == "kill" else how):
        runs[which].kill() if how == "kill" else runs[which].advance()
        if runs[which].is_over:
            del runs[which]
            return
