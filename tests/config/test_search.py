import pytest

from ragline.config.search import served_policy
from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.errors import ConfigError
from tests.project import Project


def test_searches_are_strict_unless_the_pipeline_says_otherwise(project: Project) -> None:
    search = project.settings().search
    assert (search.deletions, search.refresh_seconds, search.outage_seconds) == ("strict", 5, 300)
    assert project.settings("search.deletions=last_known").search.deletions == "last_known"


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("search.deletions=lax", "'search.deletions' is 'lax'"),
        ("search.refresh_seconds=0", "'search.refresh_seconds' is 0"),
        ("search.outage_seconds=1", "outage_seconds is 1, less than refresh_seconds 5"),
        ("search.deletion=strict", "unknown key 'search.deletion'"),
    ],
)
def test_what_no_search_can_go_by_is_refused(project: Project, override: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        project.settings(override)


def test_a_server_goes_by_its_release_and_its_environment_goes_before() -> None:
    built_with = DeletionPolicy(deletions="last_known", refresh_seconds=2)
    assert served_policy(built_with, {"PATH": "/bin"}) == built_with
    environ = {"RAGLINE__SEARCH__DELETIONS": "strict", "RAGLINE__SEARCH__OUTAGE_SECONDS": "90"}
    assert served_policy(built_with, environ) == DeletionPolicy(refresh_seconds=2, outage_seconds=90)


def test_an_environment_that_says_nonsense_is_refused() -> None:
    with pytest.raises(ConfigError, match="RAGLINE__SEARCH__DELETIONS='lax'"):
        served_policy(DeletionPolicy(), {"RAGLINE__SEARCH__DELETIONS": "lax"})
