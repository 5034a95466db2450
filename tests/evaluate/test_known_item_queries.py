from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ragline.config.evaluation import EvaluationSettings
from ragline.contracts.known_items import role_of
from ragline.evaluate.known_item_queries import known_item_queries, read_summaries
from tests.evaluate.bundles import Passage, release_of

if TYPE_CHECKING:
    from ragline.evaluate.query import Query
    from ragline.retrieval.encoder import Encoder

# By their hash: "Travel", "Printing", "Installation" are asked, "Coffee" and "Security" are trained on.
PASSAGES: list[Passage] = [
    ("travel", "Travel", ("Travel", "Installation"), "Book trains early."),
    ("printing", "Printing", ("Security",), "Send the job to the basement."),
    ("coffee", "Coffee", ("Installation",), "Put it on the shelf."),
]
RULES = EvaluationSettings(min_queries=1)


def asked(queries: "list[Query]") -> dict[str, tuple[str, set[str]]]:
    return {query.text: (query.origin, set(query.relevant)) for query in queries}


def test_titles_and_headings_of_the_evaluation_side_are_asked_and_equal_ones_grouped(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    queries = known_item_queries(release, {}, release.documents, RULES)
    assert asked(queries) == {
        "Travel": ("title", {"travel"}),
        "Printing": ("title", {"printing"}),
        "Installation": ("heading", {"travel", "coffee"}),
    }
    assert all(role_of("title", query.text) == "evaluation" for query in queries)


def test_summaries_come_before_titles_and_headings(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    summaries = {"coffee": "All about coffee", "travel": "How to get away", "gone": "Not in this release"}
    assert asked(known_item_queries(release, summaries, release.documents, RULES)) == {
        "All about coffee": ("summary", {"coffee"}),
        "How to get away": ("summary", {"travel"}),
    }


def test_too_few_summaries_are_joined_by_titles_and_headings(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    few = EvaluationSettings(min_queries=2)
    assert set(asked(known_item_queries(release, {"coffee": "All about coffee"}, release.documents, few))) == {
        "All about coffee", "Travel", "Printing", "Installation",
    }  # fmt: skip


def test_a_query_needs_a_relevant_document_that_both_releases_hold(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    assert set(asked(known_item_queries(release, {}, frozenset({"coffee"}), RULES))) == {"Installation"}


def test_a_heading_that_names_a_kind_of_section_is_not_asked(tmp_path: Path, minilm: "Encoder") -> None:
    many: list[Passage] = [(f"doc{i}", "", ("Installation",), f"Step {i}.") for i in range(6)]
    release = release_of(tmp_path / "bundle", many, minilm)
    assert known_item_queries(release, {}, release.documents, RULES) == []


def test_the_sample_is_a_part_of_the_larger_sample(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    samples = [
        {query.query_id for query in known_item_queries(release, {}, release.documents, EvaluationSettings(max_queries=n))}
        for n in (1, 2, 3)
    ]
    assert [len(sample) for sample in samples] == [1, 2, 3]
    assert samples[0] < samples[1] < samples[2]


def test_summaries_are_read_from_the_metadata() -> None:
    documents = pa.table(
        {"doc_id": ["a", "b", "c", "d"], "metadata": ['{"summary": "One"}', None, '{"summary": " "}', '{"year": 3}']}
    )
    assert read_summaries(documents) == {"a": "One"}
