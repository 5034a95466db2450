"""Any history of changes, kills and reruns ends in the tables that one undisturbed run would have made."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from deltalake import write_deltalake
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ragline.contracts.tables import CHUNKS
from ragline.errors import CommitConflict
from ragline.lake.lake import Lake
from ragline.spark import tuning
from tests.preprocess.corpus import Corpus
from tests.project import Project

# Near-copies of each other, and of the first also a part that is a chunk of its own.
LONG = " ".join(f"Word number {number} of this story." for number in range(40))
NEAR = f"{LONG} The end."
PART = f"# Story\n\n{LONG}\n\n# Moral\n\nThere is none."
TEXTS = ["One text.", "one   TEXT.", LONG, NEAR, PART, " "]
IDS = st.sampled_from("abcde")
NO_COPIES = ("preprocess.deduplicate.documents.exact=false",)
CHANGE = st.one_of(
    st.tuples(st.just("write"), IDS, st.sampled_from(TEXTS)),
    st.tuples(st.just("remove"), IDS),
    st.tuples(st.just("killed"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("process"), st.booleans(), st.sampled_from([(), NO_COPIES])),
)


pytestmark = pytest.mark.spark


class Killed(BaseException):
    """What kill -9 is to the job: nothing in it gets to run any more."""


def kill_at_commit(monkeypatch: pytest.MonkeyPatch, number: int, done: bool) -> None:
    """Die at the n-th commit of the run: right after it, or right before."""
    commits = _countdown(number)
    for name in ("write", "write_files"):
        original = getattr(Lake, name)

        def commit(self: Lake, *args: Any, _original: Any = original, **options: Any) -> int:
            last = next(commits)
            if last and not done:
                raise Killed
            version = _original(self, *args, **options)
            if last:
                raise Killed
            return version

        monkeypatch.setattr(Lake, name, commit)


def _countdown(number: int) -> Iterator[bool]:
    while True:
        number -= 1
        yield number == 0


def undisturbed(folder: Path, documents: dict[str, str]) -> list[list[dict[str, Any]]]:
    """The tables after one run on the documents as they are in the end."""
    fresh = Corpus(Project(folder))
    fresh.write(documents)
    assert fresh.process().status == "done"
    return fresh.tables()


# Who does the work: the driver all of it; the driver what is Python's, and Spark keeps intermediate results; executors.
WAYS: dict[str, dict[str, int]] = {
    "driver": {},
    "python in driver": {"TINY_ROWS": -1},
    "executors": {"TINY_ROWS": -1, "DRIVER_CHANGES": -1},
}


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CHANGE, max_size=5), st.sampled_from(list(WAYS)))
# What was chunked by a configuration without copies is a copy by the next: its chunks are gone from every table.
@example([("write", "a", LONG), ("process", False, NO_COPIES), ("write", "d", PART)], "driver")
def test_any_history_ends_as_one_undisturbed_run(
    spark: object, tmp_path_factory: pytest.TempPathFactory, history: list[tuple[Any, ...]], way: str
) -> None:
    """The undisturbed run goes another way than the history, so that all ways are seen to give the same rows."""
    corpus, fresh, documents = going(way, lambda: live_through(tmp_path_factory, history))
    other = "executors" if way != "executors" else "driver"
    assert corpus.tables() == going(other, lambda: undisturbed(fresh, documents))


def going(way: str, work: Callable[[], Any]) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for limit, value in WAYS[way].items():
            patch.setattr(tuning, limit, value)
        return work()


def live_through(tmp_path_factory: pytest.TempPathFactory, history: list[tuple[Any, ...]]) -> tuple[Corpus, Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("history")
    corpus = Corpus(Project(folder / "project"))
    documents = {"a": "One text."}
    corpus.write(documents)
    for what, *details in history:
        if what == "write":
            corpus.write({details[0]: details[1]})
            documents[details[0]] = details[1]
        elif what == "remove":
            corpus.remove(details[0])
            documents.pop(details[0], None)
        elif what == "process":
            corpus.process(*details[1], full=details[0])
        else:
            with pytest.MonkeyPatch.context() as patch:
                kill_at_commit(patch, *details)
                try:
                    corpus.process()
                except Killed:
                    continue
    corpus.process()
    assert corpus.process().status == "nothing_to_do"
    return corpus, folder / "fresh", documents


def killed_run(corpus: Corpus, commit: int, *, done: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        kill_at_commit(patch, commit, done)
        with pytest.raises(Killed):
            corpus.process()


def test_killed_run_changes_nothing_that_consumers_see_until_its_last_commit(spark: object, tmp_path: Path) -> None:
    corpus = Corpus(Project(tmp_path / "project"))
    corpus.write({"a": "Same.", "b": "Same.", "c": "Other."})
    corpus.process()
    before = corpus.rows(CHUNKS)
    corpus.remove("a")
    # Each is killed on top of what the one before it left behind.
    for commit, done in ((1, False), (1, True), (4, False)):
        killed_run(corpus, commit, done=done)
        assert corpus.rows(CHUNKS) == before, f"commit {commit}"
    # Now the third is the last: that b is no copy any more is recorded already.
    killed_run(corpus, 3, done=True)
    assert corpus.process().status == "nothing_to_do"
    assert (corpus.chunked(), corpus.copies()) == (["b", "c"], {})
    assert corpus.tables() == undisturbed(tmp_path / "removed", {"b": "Same.", "c": "Other."})

    # State and duplicates of the killed run say that b is a copy of a, which is another text when the next run begins.
    corpus.write({"a": "Same."})
    killed_run(corpus, 3, done=True)
    corpus.write({"a": "Not the same any more."})
    corpus.process()
    texts = {"a": "Not the same any more.", "b": "Same.", "c": "Other."}
    assert corpus.tables() == undisturbed(tmp_path / "fresh", texts)


def test_run_that_loses_a_race_starts_over(spark: object, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Corpus(project)
    corpus.write({"a": "One."})
    original = Lake.write_files

    def race(self: Lake, *args: Any, **options: Any) -> int:
        monkeypatch.setattr(Lake, "write_files", original)
        write_deltalake(self.table_uri(CHUNKS), CHUNKS.schema.empty_table(), mode="append")
        raise CommitConflict("Another run committed first.")

    monkeypatch.setattr(Lake, "write_files", race)
    manifest = corpus.process()
    assert (manifest.status, corpus.chunked()) == ("done", ["a"])
    assert set(corpus.lake.read(CHUNKS)["seq"].to_pylist()) == {corpus.lake.version(CHUNKS)}
