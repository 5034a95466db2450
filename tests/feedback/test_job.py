"""From a landing folder to training pairs, in a real lake."""

import json
import os

import pyarrow as pa
import pytest

from ragline.contracts.tables import CHUNKS, FEEDBACK, QUARANTINE, TRAINING_PAIRS
from ragline.feedback.job import collect, make_pairs
from ragline.lake.commits import Commit
from ragline.lake.publications import Publication, publish


def event(event_id, **changes):
    return {
        "event_id": event_id,
        "query": "tunnel drops",
        "release": 1,
        "ranked": ["c1", "c2"],
        "clicked": ["c2"],
        "user": "ada",
        "time": "2026-01-31T12:00:00Z",
        **changes,
    }


@pytest.fixture
def landing(project):
    folder = project.root / ".ragline" / "feedback"
    folder.mkdir(parents=True)

    def drop(name, *events, raw=b""):
        lines = b"".join(json.dumps(e).encode() + b"\n" for e in events) + raw
        with (folder / name).open("ab") as stream:
            stream.write(lines)

    return drop


def collected(project, run_id="collect"):
    return project.run("feedback", collect, run_id=run_id)


def test_events_are_taken_once_however_often_their_file_comes(project, landing):
    landing("monday.jsonl", event("1"), event("2"))
    assert collected(project).counts["feedback rows"] == 2
    assert collected(project).status == "nothing_to_do"
    landing("monday.jsonl", event("3"))
    landing("copy.jsonl", event("1"), event("2"))
    assert collected(project).counts["feedback rows"] == 1
    assert sorted(project.lake.read(FEEDBACK)["event_id"].to_pylist()) == ["1", "2", "3"]


def test_a_bad_line_costs_that_line_and_is_kept(project, landing):
    landing("monday.jsonl", event("1"), raw=b'{"query": 3}\nnot json\n')
    manifest = collected(project)
    assert manifest.status == "done"
    assert manifest.drops == {"bad_event": 1, "not_json": 1}
    rows = project.lake.read(QUARANTINE).to_pylist()
    assert {(row["stage"], row["reason"]) for row in rows} == {("feedback", "bad_event"), ("feedback", "not_json")}


def test_a_line_that_is_still_being_written_waits(project, landing):
    landing("monday.jsonl", event("1"), raw=b'{"event_id": "2", ')
    assert collected(project).counts["feedback rows"] == 1
    assert project.lake.read(QUARANTINE).num_rows == 0


def test_a_last_event_without_its_line_end_is_taken(project, landing):
    landing("monday.jsonl", event("1"), raw=json.dumps(event("2")).encode())
    assert collected(project).counts["feedback rows"] == 2


def test_a_file_written_anew_at_the_same_size_is_read(project, landing):
    landing("today.jsonl", event("1"))
    collected(project)
    file = project.root / ".ragline" / "feedback" / "today.jsonl"
    written = file.stat().st_mtime_ns
    file.write_bytes(json.dumps(event("2")).encode() + b"\n")
    os.utime(file, ns=(written + 1, written + 1))
    assert collected(project).counts["feedback rows"] == 1


def test_users_are_stored_under_one_pseudonym_each(project, landing):
    landing("monday.jsonl", event("1"), event("2"), event("3", user="grace"), event("4", user=""))
    collected(project)
    users = dict(zip(*(project.lake.read(FEEDBACK)[c].to_pylist() for c in ("event_id", "user")), strict=True))
    assert users["1"] == users["2"] != users["3"]
    assert users["4"] == ""
    assert "ada" not in users["1"]


def test_the_pseudonym_follows_the_given_key(project, landing, monkeypatch):
    monkeypatch.setenv("RAGLINE_PSEUDONYM_KEY", "k")
    landing("monday.jsonl", event("1"))
    collected(project)
    # hmac.new(b"k", b"ada", "sha256").hexdigest()[:32]
    import hashlib
    import hmac

    assert project.lake.read(FEEDBACK)["user"].to_pylist() == [hmac.new(b"k", b"ada", hashlib.sha256).hexdigest()[:32]]


def test_a_run_that_died_before_it_remembered_takes_nothing_twice(project, landing, monkeypatch):
    landing("monday.jsonl", event("1"))

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("ragline.feedback.job.remember_files", die)
        collected(project)
    assert collected(project).status == "nothing_to_do"
    assert project.lake.read(FEEDBACK).num_rows == 1


def publish_chunks(project, texts):
    names = [name for name in CHUNKS.schema.names if name != "seq"]
    rows = [
        dict.fromkeys(names) | {"chunk_id": c, "doc_id": f"d-{c}", "text": text, "deleted": False} for c, text in texts.items()
    ]
    table = pa.Table.from_pylist(rows, schema=pa.schema([CHUNKS.schema.field(name) for name in names]))
    version = project.lake.write(CHUNKS, table, Commit("chunks", "r"), None)
    publish(project.lake, Publication("chunks", version, "r"))


def test_published_feedback_becomes_pairs_of_texts(project, landing):
    publish_chunks(project, {"c1": "about beans", "c2": "switch to TCP"})
    landing("monday.jsonl", event("1"), event("2", query="gone", clicked=["c9"]))
    collected(project)
    publish(project.lake, Publication("feedback", 0, "r"))
    manifest = project.run("pairs", make_pairs)
    assert (manifest.counts["pairs"], manifest.drops["passage_gone"]) == (1, 1)
    (pair,) = project.lake.read(TRAINING_PAIRS).to_pylist()
    assert (pair["query"], pair["positive"], pair["negatives"]) == ("tunnel drops", "switch to TCP", ["about beans"])
    assert project.run("pairs", make_pairs).status == "nothing_to_do"


def test_unpublished_feedback_is_not_used(project, landing):
    publish_chunks(project, {"c1": "about beans", "c2": "switch to TCP"})
    landing("monday.jsonl", event("1"))
    collected(project)
    manifest = project.run("pairs", make_pairs)
    assert manifest.status == "nothing_to_do"
    assert "ragline gate feedback" in manifest.message
