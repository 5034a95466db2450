import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ragline.cli import app
from ragline.commands.releases import search
from ragline.errors import ConfigError, RegistryError
from ragline.registry import releases as registry
from tests.project import Project
from tests.registry.registered import judge, register
from tests.retrieval.examples import HANDBOOK, write_passages

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture
def serving(project: Project, client: "MlflowClient") -> Project:
    """A project with documents, a champion and a challenger that was refused."""
    settings = project.settings()
    write_passages(project.lake, HANDBOOK)
    judge(client, settings, register(client, settings, "a" * 16), "first", metrics={"nDCG@10": 0.9123})
    register(client, settings, "b" * 16)
    judge(client, settings, 2, "worse", against="1", reason="nDCG@10 fell")
    registry.set_alias(client, settings, "champion", 1)
    registry.set_alias(client, settings, "challenger", 2)
    project.run("ingest", lambda run: run.count("documents", 3), run_id="monday")
    return project


def said(project: Project, *arguments: str) -> str:
    command, *rest = arguments
    result = CliRunner().invoke(app, [command, "--config", str(project.config), *rest], env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_search_prints_the_passage_and_its_provenance(serving: Project) -> None:
    printed = said(serving, "search", "payroll", "--mode", "lexical", "-k", "1")

    assert " 1  Vpn" in printed
    assert "Connect to the private network before you open the payroll system." in printed
    assert "file:///handbook/vpn.md · characters 0-66 · release 1 · run build-1" in " ".join(printed.split())


def test_a_search_that_finds_nothing_says_so(serving: Project) -> None:
    assert "Nothing was found." in said(serving, "search", "zebra", "--mode", "lexical")


def test_a_search_as_json_holds_every_field(serving: Project) -> None:
    hits = json.loads(said(serving, "search", "payroll", "--mode", "lexical", "--json"))

    assert [hit["doc_id"] for hit in hits] == ["vpn"]
    assert (hits[0]["span"], hits[0]["release"], hits[0]["rank"]) == ([0, 66], "1", 1)


def test_a_release_is_searched_by_number_or_alias(serving: Project) -> None:
    by_number = json.loads(said(serving, "search", "payroll", "--mode", "lexical", "--release", "2", "--json"))
    by_alias = json.loads(said(serving, "search", "payroll", "--mode", "lexical", "--release", "challenger", "--json"))

    assert by_number == by_alias
    assert by_number[0]["release"] == "2"


def test_text_that_looks_like_markup_is_printed_as_it_is(serving: Project) -> None:
    assert "[bold]zebra[/oops]" in said(serving, "search", "[bold]zebra[/oops]", "--mode", "lexical")


def test_releases_are_listed_newest_first(serving: Project) -> None:
    printed = said(serving, "releases")
    listed = json.loads(said(serving, "releases", "--json"))

    assert printed.index("challenger") < printed.index("champion")
    assert "nDCG@10 0.912" in printed
    assert [(entry["release"], entry["verdict"], entry["aliases"]) for entry in listed] == [
        (2, "worse", ["challenger"]),
        (1, "first", ["champion"]),
    ]
    assert listed[1]["metrics"] == {"nDCG@10": 0.9123}
    assert listed[0]["reason"] == "nDCG@10 fell"


def test_status_tells_tables_releases_and_last_runs(serving: Project) -> None:
    printed = said(serving, "status")
    status = json.loads(said(serving, "status", "--json"))

    tables = {facts["table"]: facts for facts in status["tables"]}
    assert (tables["chunks"]["rows"], tables["chunks"]["version"], tables["chunks"]["published"]) == (5, 0, 0)
    assert tables["published"]["bytes"] > 0
    assert [(run["job"], run["run_id"], run["status"]) for run in status["runs"]] == [("ingest", "monday", "done")]
    assert [entry["release"] for entry in status["releases"]] == [2, 1]
    for heading in ("Tables", "Releases", "Last runs"):
        assert heading in printed


def test_status_of_a_fresh_project_needs_neither_lake_nor_mlflow(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragline.registry.tracking.connect", None)

    printed = said(project, "status")

    assert "The lake is empty: 'ragline ingest' fills it." in printed
    assert "handbook has no release yet" in printed


def test_a_bad_mode_and_a_missing_champion_are_bad_input(project: Project, client: "MlflowClient") -> None:
    settings = project.settings()
    with pytest.raises(ConfigError, match="mode is 'magic'"):
        search("payroll", config=project.config, mode="magic")

    register(client, settings, "a" * 16)
    with pytest.raises(RegistryError, match=r"no release 'champion'; there is release 1.*'ragline promote'") as caught:
        search("payroll", config=project.config, mode="lexical")
    assert caught.value.exit_code == 2


def test_a_search_before_any_release_does_not_make_a_database(project: Project) -> None:
    with pytest.raises(RegistryError, match="no release yet: run 'ragline index'"):
        search("payroll", config=project.config)
    assert registry.registry_is_empty(project.settings())
