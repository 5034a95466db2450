"""Any history of a corpus: what is gone is hidden, and what is still there under some name is not."""

import tempfile
from collections.abc import Mapping

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ragline.contracts.run_manifest import RunManifest
from ragline.gates.deletions import write_tombstones
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, last_published, publish
from ragline.lake.tombstones import live_tombstones
from ragline.runtime.lineage import Lineage
from ragline.runtime.run import Run
from tests.gates.rows import append, document, gone, hexed
from tests.project import Project

# What each document holds, by name.
Corpus = Mapping[str, str]
corpora = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y"]))
# A version, and whether it passes its gate. "z" keeps the corpus from being empty.
histories = st.lists(st.tuples(corpora, st.booleans()), min_size=2, max_size=6)


def without_edits(history: list[tuple[Corpus, bool]]) -> list[tuple[Corpus, bool]]:
    """The history in which a document that stays keeps what it holds: an edit is no deletion."""
    told: list[tuple[Corpus, bool]] = []
    for corpus, passes in history:
        before = told[-1][0] if told else {}
        told.append(({**{name: before.get(name, held) for name, held in corpus.items()}, "z": "z"}, passes))
    return told


class Line:
    """Commits the versions of a corpus and gates each."""

    def __init__(self, project: Project, folder: str) -> None:
        self.lake, self.current = Lake(folder), dict[str, str]()
        settings = project.settings(f"lake.uri={folder}")
        manifest = RunManifest(job="gate", pipeline="handbook", run_id="g", started_at="")
        self.run = Run("gate", "g", settings, self.lake, manifest, Lineage(settings, "gate", "g"))

    def commit(self, corpus: Corpus, *, passes: bool) -> None:
        rows = [document(name, held) for name, held in corpus.items() if self.current.get(name) != held]
        rows += [gone(name) for name in self.current.keys() - corpus.keys()]
        version = append(self.lake, "documents", *rows)
        if (last := last_published(self.lake, "documents")) is not None:
            write_tombstones(self.run, version, last.version)
        if passes or last is None:
            publish(self.lake, Publication("documents", version, "g"))
        self.current = dict(corpus)

    def hidden(self, made_of: int) -> set[str]:
        rows = live_tombstones(self.lake).to_pylist()
        return {row["doc_id"] for row in rows if row["documents_version"] > made_of}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
@example([({"b": "x"}, False), ({}, False), ({"b": "x"}, True), ({"a": "x"}, True), ({}, False)])
def test_what_is_gone_is_hidden_and_what_is_still_there_is_not(project: Project, history: list[tuple[Corpus, bool]]) -> None:
    versions = without_edits(history)
    with tempfile.TemporaryDirectory() as folder:
        line = Line(project, folder)
        for corpus, passes in versions:
            line.commit(corpus, passes=passes)
        newest = versions[-1][0]
        for made_of, (corpus, passes) in enumerate(versions):
            if not passes and made_of > 0:
                continue  # no release is made of it
            hidden, later = line.hidden(made_of), [held for held, _ in versions[made_of + 1 :]]
            for name, held in corpus.items():
                left = any(name not in version for version in later)
                always_the_same = all(version.get(name, held) == held for version in later)
                if not left:
                    assert hexed(name) not in hidden, "it was there all along"
                elif held not in newest.values():
                    assert hexed(name) in hidden, "what it held is gone"
                elif always_the_same:
                    assert hexed(name) not in hidden, "what it held is there, under this name or another"
