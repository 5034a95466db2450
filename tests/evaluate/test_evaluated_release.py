from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.contracts.tables import DUPLICATES
from ragline.evaluate.evaluated_release import read_originals
from ragline.lake.commits import Commit
from tests.evaluate.bundles import Passage, release_of
from tests.project import Project
from tests.retrieval.examples import table_of

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

PASSAGES: list[Passage] = [
    ("tea", "Tea", (), "Green tea wants cooler water."),
    ("copy", "Tea", (), "Green tea wants cooler water!"),
    ("coffee", "Coffee", (), "Grind the beans at once."),
]


def duplicate(dropped: str, kept: str, level: str = "document") -> dict[str, object]:
    return {"dropped_id": dropped, "kept_id": kept, "level": level, "doc_id": dropped, "method": "exact", "score": 1.0}


def test_a_copy_counts_as_its_original_and_is_hidden_with_it(tmp_path: Path, minilm: "Encoder") -> None:
    release = replace(release_of(tmp_path / "bundle", PASSAGES, minilm), originals={"copy": "tea"})
    assert release.documents == {"tea", "coffee"}
    assert release.doc_ids_outside({"coffee"}) == {"tea", "copy"}
    assert release.source_ids["coffee"] == "coffee.md"


def test_the_original_of_a_copy_of_a_copy_is_the_last_of_the_chain(project: Project) -> None:
    rows = [duplicate("a", "b"), duplicate("b", "c"), duplicate("chunk", "other", level="chunk")]
    project.lake.append(DUPLICATES, table_of(DUPLICATES, [{**row, "deleted": False} for row in rows]), Commit("k", "r"))
    assert read_originals(project.lake) == {"a": "c", "b": "c"}


def test_two_documents_that_name_each_other_end_the_search(project: Project) -> None:
    rows = [duplicate("a", "b"), duplicate("b", "a")]
    project.lake.append(DUPLICATES, table_of(DUPLICATES, [{**row, "deleted": False} for row in rows]), Commit("k", "r"))
    assert set(read_originals(project.lake)) == {"a", "b"}
