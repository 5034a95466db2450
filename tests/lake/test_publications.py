import pytest

from ragline.contracts.tables import AUDIT
from ragline.errors import MissingInput
from ragline.lake.audit import audit
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, last_published, publications, publish, require_published


@pytest.fixture
def lake(tmp_path):
    return Lake(str(tmp_path / "lake"))


def test_the_last_publication_counts(lake):
    publish(lake, Publication("chunks", 1, "r1", inputs={"documents": 4}, config_fingerprint="fp"))
    publish(lake, Publication("documents", 9, "r2"))
    publish(lake, Publication("chunks", 2, "r3"))
    assert last_published(lake, "chunks").version == 2
    assert require_published(lake, "chunks", 1).inputs == {"documents": 4}
    assert [p.version for p in publications(lake, "chunks")] == [1, 2]


def test_an_earlier_version_may_be_published_again(lake):
    for run, version in (("r1", 1), ("r2", 2), ("r3", 1)):
        publish(lake, Publication("chunks", version, run))
    assert [p.version for p in publications(lake, "chunks")] == [1, 2, 1]


def test_what_was_never_published_is_asked_for_by_name(lake):
    with pytest.raises(MissingInput, match="ragline gate chunks"):
        require_published(lake, "chunks")
    publish(lake, Publication("chunks", 1, "r1"))
    with pytest.raises(MissingInput, match="version 5 of table chunks"):
        require_published(lake, "chunks", 5)


def test_audit_keeps_who_what_why(lake):
    audit(lake, action="promote", subject="release 3", actor="ada", reason="better", run_id="r", evidence={"nDCG@10": 0.8})
    (row,) = lake.read(AUDIT).to_pylist()
    assert (row["action"], row["actor"], row["evidence"]) == ("promote", "ada", '{"nDCG@10": 0.8}')
