from functools import partial

import pytest

from ragline.contracts.tables import AUDIT
from ragline.errors import MissingInput, Superseded
from ragline.lake.audit import audit
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, last_published, publications, publish, require_published
from tests.together import meet, together


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


def test_an_earlier_version_is_published_again_over_the_one_that_was_seen(lake):
    for run, version in (("r1", 1), ("r2", 2)):
        publish(lake, Publication("chunks", version, run))
    publish(lake, Publication("chunks", 1, "r3"), seen=last_published(lake, "chunks"))
    assert [p.version for p in publications(lake, "chunks")] == [1, 2, 1]


def test_an_earlier_version_is_not_published_over_one_that_was_not_seen(lake):
    publish(lake, Publication("chunks", 11, "r1"))
    seen = last_published(lake, "chunks")
    publish(lake, Publication("chunks", 12, "r2"))
    with pytest.raises(Superseded, match="version 12 of chunks was published meanwhile: version 11 does not count any more"):
        publish(lake, Publication("chunks", 11, "r3", suite_fingerprint="changed"), seen=seen)
    assert [p.version for p in publications(lake, "chunks")] == [11, 12]


def test_what_stands_already_is_not_recorded_twice(lake):
    for run in ("r1", "r2"):
        publish(lake, Publication("chunks", 1, run))
    publish(lake, Publication("chunks", 1, "r3", suite_fingerprint="changed"))
    assert [(p.version, p.run_id) for p in publications(lake, "chunks")] == [(1, "r1"), (1, "r3")]


def publish_slowly(uri):
    """Decide, then wait until the other process has published, before the first attempt to write."""
    real, attempts = Lake.write, []

    def write(*args, **kwargs):
        if not attempts:
            meet()
        attempts.append(1)
        return real(*args, **kwargs)

    Lake.write = write
    try:
        publish(Lake(uri), Publication("documents", 11, "slow"))
    finally:
        Lake.write = real


def publish_fast(uri):
    publish(Lake(uri), Publication("documents", 12, "fast"))
    meet()


def test_a_slow_gate_does_not_publish_version_11_after_12(lake):
    publish(lake, Publication("documents", 10, "before"))

    late, fast = together(partial(publish_slowly, lake.uri), partial(publish_fast, lake.uri))

    assert isinstance(late, Superseded)
    assert fast is None
    assert [p.version for p in publications(lake, "documents")] == [10, 12]


def publish_number(uri, version):
    publish(Lake(uri), Publication("documents", version, f"run {version}"))


def test_of_many_at_the_same_moment_the_newest_counts(lake):
    together(*(partial(publish_number, lake.uri, version) for version in (3, 1, 2)))

    found = [p.version for p in publications(lake, "documents")]
    assert found == sorted(found)
    assert found[-1] == 3


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
