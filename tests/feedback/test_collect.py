"""From a landing folder into the table feedback, in a real lake."""

import json
import os
import threading

import pytest

from ragline.contracts.tables import FEEDBACK, QUARANTINE
from ragline.feedback.collect import collect
from ragline.feedback.lines import MAX_LINE_BYTES
from ragline.feedback.reasons import LINE_REFUSED
from tests.places import REPOSITORY


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
    folder = project.root / ".ragline" / "handbook" / "feedback"
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
    assert {(row["source_id"], row["reason"]) for row in rows} == {
        ("monday.jsonl:2", "bad_event"),
        ("monday.jsonl:3", "not_json"),
    }
    said = next(row for row in rows if row["reason"] == "bad_event")
    assert said["message"].startswith("line 2: ")
    assert "event_id: Field required" in said["message"]
    assert said["uri"].endswith("/handbook/feedback/monday.jsonl")
    assert "1 bad_event, 1 not_json (ragline quarantine list --source feedback)" in manifest.message


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
    file = project.root / ".ragline" / "handbook" / "feedback" / "today.jsonl"
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
        patch.setattr("ragline.feedback.collect.remember_files", die)
        collected(project)
    assert collected(project).status == "nothing_to_do"
    assert project.lake.read(FEEDBACK).num_rows == 1


BAD_LINES = {
    "not_utf8": b"\xff\xfe",
    "not_json": b"{",
    "line_too_long": b"x" * (MAX_LINE_BYTES + 1),
    "bad_event": b"[]",
    "click_not_shown": json.dumps(event("9", clicked=["c1", "c9"])).encode(),
    "event_id_reused": json.dumps(event("1", clicked=[])).encode(),
    "personal_data": json.dumps(event("9", query="mail ada@example.com")).encode(),
}


@pytest.mark.parametrize("reason", LINE_REFUSED)
def test_every_kind_of_bad_line_costs_that_line_alone(project, landing, reason):
    project.configure(feedback={"personal_data": {"kinds": {"email": "drop"}}})
    landing("monday.jsonl", event("1"), raw=BAD_LINES[reason] + b"\n" + json.dumps(event("2")).encode() + b"\n")
    manifest = collected(project)
    assert (manifest.counts["feedback rows"], manifest.drops) == (2, {reason: 1})
    (row,) = project.lake.read(QUARANTINE).to_pylist()
    assert (row["reason"], row["source_id"]) == (reason, "monday.jsonl:2")


@pytest.mark.parametrize("reason", LINE_REFUSED)
def test_every_reason_is_documented(reason):
    assert f"| `{reason}` |" in (REPOSITORY / "docs" / "feedback.md").read_text()


def test_an_event_that_is_sent_again_is_no_other_event(project, landing):
    landing("monday.jsonl", event("1", query="mail ada@example.com"), event("1", query="mail ada@example.com"))
    landing("tuesday.jsonl", event("1", query="mail ada@example.com", user="grace"))
    assert collected(project).drops == {}
    assert project.lake.read(FEEDBACK)["query"].to_pylist() == ["mail [EMAIL]"]


def test_what_is_said_about_personal_data_in_queries_is_done(project, landing):
    project.configure(feedback={"personal_data": {"policy": "keep"}})
    landing("monday.jsonl", event("1", query="mail ada@example.com"))
    collected(project)
    assert project.lake.read(FEEDBACK)["query"].to_pylist() == ["mail ada@example.com"]


def test_two_that_collect_at_the_same_moment_take_each_event_once(project, landing, monkeypatch):
    from ragline.lake.lake import Lake

    landing("monday.jsonl", *[event(str(number)) for number in range(5)])
    collected(project, "first")
    landing("monday.jsonl", event("5"))
    landing("tuesday.jsonl", event("5"), event("6"))
    together = threading.Barrier(2, timeout=60)
    write = Lake.write
    met = threading.local()

    def meet(self, table, rows, commit, base, mode="append"):
        if table is FEEDBACK and not getattr(met, "once", False):
            met.once = True
            together.wait()
        return write(self, table, rows, commit, base, mode)

    monkeypatch.setattr(Lake, "write", meet)
    landing_of = {"one": "monday.jsonl", "two": "tuesday.jsonl"}
    folder = project.root / ".ragline" / "handbook" / "feedback"
    runs = [
        threading.Thread(
            target=project.run, args=("feedback", collect, f"feedback.landing={folder / name}"), kwargs={"run_id": run}
        )
        for run, name in landing_of.items()
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(project.lake.read(FEEDBACK)["event_id"].to_pylist()) == [str(number) for number in range(7)]


def test_pipelines_do_not_take_each_others_events(project, landing):
    second = project.second("tickets", {"pipeline": "tickets", "sources": [{"name": "t", "type": "folder", "uri": "corpus"}]})
    landing("monday.jsonl", event("1"))
    assert collected(second).status == "nothing_to_do"
    assert collected(project).counts["feedback rows"] == 1


def test_events_in_the_former_landing_folder_are_pointed_at(project, caplog):
    former = project.root / ".ragline" / "feedback"
    former.mkdir(parents=True)
    (former / "monday.jsonl").write_text("")
    collected(project)
    assert "1 files of events are in" in caplog.text
    caplog.clear()
    project.run("feedback", collect, "feedback.landing=.ragline/feedback", run_id="own")
    assert "files of events are in" not in caplog.text
