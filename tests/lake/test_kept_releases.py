from ragline.lake.kept_releases import expire, expired_releases, kept_releases, pinned_versions, successor
from ragline.lake.publications import RELEASE, Publication, publish


def release(project, number, chunks, **result):
    publish(project.lake, Publication(RELEASE, number, f"r{number}", inputs={"chunks": chunks}, gate_result=result))


def test_every_release_is_kept_until_it_expires(project):
    release(project, 1, 4)
    release(project, 2, 7)
    assert [publication.version for publication in kept_releases(project.lake)] == [1, 2]
    assert pinned_versions(project.lake) == {"chunks": {4, 7}}

    expire(project.lake, 1, reason="too old", run_id="m")

    assert [publication.version for publication in kept_releases(project.lake)] == [2]
    assert pinned_versions(project.lake) == {"chunks": {7}}


def test_a_release_published_twice_pins_what_both_were_made_from(project):
    for chunks in (4, 5):
        publish(project.lake, Publication(RELEASE, 1, f"r{chunks}", inputs={"chunks": chunks}))
    assert pinned_versions(project.lake) == {"chunks": {4, 5}}


def test_a_release_expires_once_however_often_it_is_recorded(project):
    expire(project.lake, 1, reason="too old", run_id="m")
    first = expired_releases(project.lake)
    expire(project.lake, 1, reason="something else", run_id="other", replaced_by=3)
    assert expired_releases(project.lake) == first
    assert first[1].reason == "too old"


def test_a_redacted_release_pins_the_same_and_stands_in_for_what_it_replaced(project):
    release(project, 1, 4)
    release(project, 2, 4, redacted_from=1, left_out=1)
    release(project, 3, 4, redacted_from=2, left_out=2)
    expire(project.lake, 1, reason="held a deleted document", run_id="m", replaced_by=2)
    assert successor(project.lake, 1) == 2
    expire(project.lake, 2, reason="held a deleted document", run_id="m", replaced_by=3)
    assert [successor(project.lake, number) for number in (1, 2, 3)] == [3, 3, 3]
    assert pinned_versions(project.lake) == {"chunks": {4}}
    expire(project.lake, 3, reason="too old", run_id="m")
    assert pinned_versions(project.lake) == {}
    assert successor(project.lake, 1) is None


def test_a_lake_without_releases_keeps_and_pins_none(project):
    assert kept_releases(project.lake) == []
    assert pinned_versions(project.lake) == {}
