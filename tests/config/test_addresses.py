import pytest

from ragline.errors import ConfigError
from tests.project import Project

SOURCES = {
    "folder": {"type": "folder", "uri": "s3://AKIA:s3cr3t@bucket/docs"},
    "table": {"type": "table", "uri": "https://b.s3.amazonaws.com/k.jsonl?X-Amz-Signature=s3cr3t", "fields": {"id": "_id"}},
    "git": {"type": "git", "url": "https://s3cr3t@git.example/a.git"},
    "git_with_user": {"type": "git", "url": "https://ci:s3cr3t@git.example/a.git"},
    "sql": {"type": "sql", "url": "postgresql://me:s3cr3t@db/wiki", "query": "select 1"},
    "website": {"type": "website", "start": ["https://wiki.example/", "https://me:s3cr3t@wiki.example/"]},
    "nested": {"type": "folder", "uri": "docs", "options": {"proxy": "https://me:s3cr3t@proxy.example"}},
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_credentials_in_a_sources_address_are_refused_and_not_repeated(project: Project, source: dict[str, object]) -> None:
    project.configure(sources=[{"name": "docs", **source}])

    with pytest.raises(ConfigError) as caught:
        project.settings()

    assert "holds credentials" in str(caught.value)
    assert "environment" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    "setting",
    ["lake.uri", "tracking.artifacts", "feedback.landing", "evaluation.judgments"],
)
def test_credentials_in_any_other_address_are_refused_too(project: Project, setting: str) -> None:
    with pytest.raises(ConfigError, match="holds credentials") as caught:
        project.settings(f"{setting}=s3://AKIA:s3cr3t@bucket/a")
    assert "s3cr3t" not in str(caught.value)


def test_the_address_of_the_registry_may_hold_a_password_and_is_shown_without(project: Project) -> None:
    uri = "postgresql+psycopg2://ragline:s3cr3t@db/mlflow"
    assert project.settings(f"tracking.uri={uri}").tracking.uri == uri

    with pytest.raises(ConfigError) as caught:
        project.settings(f"tracking={uri}")
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("url", ["ssh://git@git.example/a.git", "git@git.example:a.git", "https://git.example:8443/a.git"])
def test_a_user_of_ssh_and_a_port_are_no_credentials(project: Project, url: str) -> None:
    project.configure(sources=[{"name": "docs", "type": "git", "url": url}])

    assert project.settings().sources[0].options["url"] == url
