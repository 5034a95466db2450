"""From published feedback to training pairs, in a real lake."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ragline.contracts.fingerprints import chunk_id, text_hash
from ragline.contracts.tables import CHUNKS, DOCUMENTS, FEEDBACK, TRAINING_PAIRS
from ragline.feedback.make_pairs import make_pairs
from ragline.feedback.reasons import NO_PAIR
from ragline.lake.commits import Commit
from ragline.lake.publications import RELEASE, Publication, publish
from tests.places import REPOSITORY
from tests.retrieval.examples import table_of

NOW = datetime.now(UTC)
CORPUS = {"coffee": ("about beans", "descale the machine"), "vpn": ("switch to TCP",)}


class Corpus:
    """A lake whose documents are cut into passages that the test gives, each state published as a release."""

    def __init__(self, project):
        self.project, self.lake, self.releases, self.commits, self.known = project, project.lake, 0, 0, {}

    def release(self, documents, contents=None):
        """Documents by name with their passages, and what their contents are where the passages do not say it; the release."""
        contents = {name: (contents or {}).get(name, " ".join(texts)) for name, texts in documents.items()}
        rows = [self.document(name, contents[name]) for name in documents]
        rows += [self.document(name, None) for name in self.known if name not in documents]
        version = self.append(DOCUMENTS, rows)
        chunks = [self.chunk(name, text) for name, texts in documents.items() for text in texts]
        chunks += [{"chunk_id": f"gone {name}", "doc_id": name, "deleted": True} for name in self.known if name not in documents]
        self.known = documents
        chunks_version = self.append(CHUNKS, chunks, documents=version)
        publish(self.lake, Publication("chunks", chunks_version, "r", inputs={"documents": version}))
        self.releases += 1
        publish(self.lake, Publication(RELEASE, self.releases, "r", inputs={"documents": version, "chunks": chunks_version}))
        return self.releases

    def delete(self, name):
        """Delete a document, as ingest does: no gate has passed yet."""
        self.append(DOCUMENTS, [self.document(name, None)])

    def feedback(self, *events):
        publish(self.lake, Publication("feedback", self.append(FEEDBACK, [*events]), "r"))

    def append(self, table, rows, **inputs):
        self.commits += 1
        return self.lake.append(table, table_of(table, rows), Commit(f"{table.name} {self.commits}", "r", inputs))

    @staticmethod
    def document(name, content):
        return {"doc_id": name, "content_hash": content, "text": content, "deleted": content is None}

    @staticmethod
    def chunk(name, text):
        hashed = text_hash(text)
        return {"chunk_id": chunk_id(name, hashed, 0), "doc_id": name, "text": text, "text_hash": hashed, "deleted": False}

    def pairs(self):
        return {row["query"]: row for row in self.lake.read(TRAINING_PAIRS).to_pylist()}

    def make(self, *overrides, run_id="pairs"):
        return self.project.run("pairs", make_pairs, *overrides, run_id=run_id)


@pytest.fixture
def corpus(project):
    return Corpus(project)


def passage(name, text):
    return chunk_id(name, text_hash(text), 0)


TCP, BEANS, DESCALE = passage("vpn", "switch to TCP"), passage("coffee", "about beans"), passage("coffee", "descale the machine")


def event(event_id, query="tunnel drops", release=1, clicked=(TCP,), ranked=(BEANS, TCP), age=1):
    return {
        "event_id": event_id,
        "query": query,
        "release": release,
        "ranked": list(ranked),
        "clicked": list(clicked),
        "corrected": [],
        "user": "",
        "occurred_at": NOW - timedelta(days=age),
    }


def test_published_feedback_becomes_pairs_of_texts(corpus):
    corpus.release(CORPUS)
    corpus.feedback(event("1"), event("2", "gone", clicked=["c9"], ranked=["c9"]))
    manifest = corpus.make()
    assert (manifest.counts["pairs"], manifest.drops) == (1, {"unknown_passage": 1})
    pair = corpus.pairs()["tunnel drops"]
    assert (pair["positive"], pair["negatives"]) == ("switch to TCP", ["about beans"])
    assert corpus.make().status == "nothing_to_do"


def test_unpublished_feedback_is_not_used(corpus):
    corpus.release(CORPUS)
    corpus.append(FEEDBACK, [event("1")])
    manifest = corpus.make()
    assert manifest.status == "nothing_to_do"
    assert "ragline gate feedback" in manifest.message


def test_passages_are_looked_up_in_the_release_that_showed_them(corpus):
    """A changed chunk size gives every passage another id and another text; the documents are the same."""
    corpus.release(CORPUS)
    contents = {name: " ".join(texts) for name, texts in CORPUS.items()}
    corpus.release({"coffee": ("about beans descale the machine",), "vpn": ("switch to", "TCP")}, contents)
    corpus.feedback(*[event(str(number), f"question {number}") for number in range(60)])
    manifest = corpus.make()
    assert (manifest.counts["pairs"], manifest.drops) == (60, {})
    assert corpus.pairs()["question 0"]["positive"] == "switch to TCP"


def test_a_passage_that_moved_to_another_document_is_found_by_its_text(corpus):
    corpus.release(CORPUS)
    corpus.release({"coffee": CORPUS["coffee"], "network": ("switch to TCP",)})
    corpus.feedback(event("1"))
    assert corpus.make().counts["pairs"] == 1


def test_a_passage_that_is_in_no_document_any_more_gives_no_pair(corpus):
    corpus.release(CORPUS)
    corpus.release({**CORPUS, "vpn": ("switch to UDP",)})
    corpus.feedback(event("1"))
    manifest = corpus.make()
    assert (manifest.counts["pairs"], manifest.drops) == (0, {"passage_gone": 1})


def test_a_choice_that_gave_no_pair_is_tried_again_and_then_given_up(corpus):
    corpus.release({"coffee": CORPUS["coffee"]})
    corpus.feedback(event("young", release=2), event("old", "old question", release=2, age=40))
    assert corpus.make().drops == {"unknown_release": 2}
    assert corpus.make().status == "nothing_to_do"  # nothing is different
    corpus.release(CORPUS)
    assert corpus.make(run_id="again").counts["pairs"] == 1
    assert list(corpus.pairs()) == ["tunnel drops"]


def test_a_release_whose_tables_have_expired_says_so(corpus):
    corpus.release(CORPUS)
    contents = {name: " ".join(texts) for name, texts in CORPUS.items()}
    corpus.release({"coffee": CORPUS["coffee"], "vpn": ("switch to", "TCP")}, contents)
    chunks = corpus.lake.open(CHUNKS)
    chunks.optimize.compact()
    publish(corpus.lake, Publication("chunks", chunks.version(), "r", inputs={"documents": 1}))
    chunks.vacuum(0, dry_run=False, enforce_retention_duration=False)
    corpus.feedback(event("1"), event("2", "beans", clicked=[BEANS]))
    manifest = corpus.make()
    assert (manifest.counts["pairs"], manifest.drops) == (1, {"release_expired": 1})


def test_a_deletion_takes_pairs_along_before_any_gate(corpus):
    corpus.release(CORPUS)
    corpus.feedback(event("1"), event("2", "beans", clicked=[BEANS], ranked=[TCP, BEANS]))
    corpus.make()
    corpus.delete("vpn")
    manifest = corpus.make(run_id="again")
    assert manifest.status == "done"
    assert (manifest.counts["pairs of gone passages"], manifest.counts["pairs changed"]) == (1, 1)
    pairs = corpus.pairs()
    assert list(pairs) == ["beans"]
    assert pairs["beans"]["negatives"] == []
    assert "switch to TCP" not in json.dumps(corpus.lake.read(TRAINING_PAIRS).to_pylist())


def test_a_pair_comes_back_with_its_document(corpus):
    corpus.release(CORPUS)
    corpus.feedback(event("1"))
    corpus.make()
    corpus.release({"coffee": CORPUS["coffee"]})
    corpus.make(run_id="gone")
    corpus.release(CORPUS)
    assert corpus.make(run_id="back").counts["pairs"] == 1


def test_later_events_raise_the_weight_of_a_pair(corpus):
    corpus.release(CORPUS)
    corpus.feedback(event("1"))
    corpus.make()
    corpus.feedback({**event("2"), "clicked": [], "corrected": [TCP]})
    assert corpus.make(run_id="again").counts["pairs changed"] == 1
    assert corpus.pairs()["tunnel drops"]["weight"] == 1.0


@pytest.mark.parametrize("reason", NO_PAIR)
def test_every_reason_is_documented(reason):
    assert f"| `{reason}` |" in (REPOSITORY / "docs" / "feedback.md").read_text()
