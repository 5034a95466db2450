import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.commands.search import search
from ragline.errors import ConfigError, DeletionsUnknown, RegistryError
from ragline.registry.without_mlflow import registry_is_empty
from tests.commands.command_line import printed_by
from tests.project import Project
from tests.registry.registered import register

if TYPE_CHECKING:
    from mlflow import MlflowClient


def test_a_search_prints_the_passage_and_its_provenance(serving: Project) -> None:
    printed = printed_by(serving, "search", "payroll", "--mode", "lexical", "-k", "1")

    assert " 1  Vpn" in printed
    assert "Connect to the private network before you open the payroll system." in printed
    assert "file:///handbook/vpn.md · characters 0-66 · release 1 · run build-1" in " ".join(printed.split())


def test_a_search_that_finds_nothing_says_so(serving: Project) -> None:
    assert "Nothing was found." in printed_by(serving, "search", "zebra", "--mode", "lexical")


def test_a_search_as_json_holds_every_field(serving: Project) -> None:
    hits = json.loads(printed_by(serving, "search", "payroll", "--mode", "lexical", "--json"))

    assert [hit["doc_id"] for hit in hits] == ["vpn"]
    assert (hits[0]["span"], hits[0]["release"], hits[0]["rank"]) == ([0, 66], "1", 1)


def test_a_search_says_who_may_read_what_it_found(serving: Project) -> None:
    printed = " ".join(printed_by(serving, "search", "hotel", "--mode", "lexical").split())
    assert "characters 38-83 · tenant acme · labels hr, staff · release 1" in printed
    (hit,) = json.loads(printed_by(serving, "search", "hotel", "--mode", "lexical", "--json"))
    assert (hit["tenant"], hit["access_labels"]) == ("acme", ["hr", "staff"])


def test_a_release_is_searched_by_number_or_alias(serving: Project) -> None:
    by_number = json.loads(printed_by(serving, "search", "payroll", "--mode", "lexical", "--release", "2", "--json"))
    by_alias = json.loads(printed_by(serving, "search", "payroll", "--mode", "lexical", "--release", "challenger", "--json"))

    assert by_number == by_alias
    assert by_number[0]["release"] == "2"


def test_text_that_looks_like_markup_is_printed_as_it_is(serving: Project) -> None:
    assert "[bold]zebra[/oops]" in printed_by(serving, "search", "[bold]zebra[/oops]", "--mode", "lexical")


def test_a_bad_mode_and_a_missing_champion_are_bad_input(project: Project, client: "MlflowClient") -> None:
    settings = project.settings()
    with pytest.raises(ConfigError, match="mode is 'magic'"):
        search("payroll", config=project.config, mode="magic")

    register(client, settings, "a" * 16)
    with pytest.raises(RegistryError, match=r"no release 'champion'; there is release 1.*'ragline promote'") as caught:
        search("payroll", config=project.config, mode="lexical")
    assert caught.value.exit_code == 2


def test_without_its_lake_a_search_is_refused_unless_it_is_told_otherwise(
    serving: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = f"lake.uri={tmp_path / 'elsewhere'}"
    with pytest.raises(DeletionsUnknown, match="search.deletions: last_known searches without it") as caught:
        search("payroll", config=serving.config, overrides=[elsewhere], mode="lexical")
    assert caught.value.exit_code == 1

    search("payroll", config=serving.config, overrides=[elsewhere, "search.deletions=last_known"], mode="lexical")
    assert "payroll system" in capsys.readouterr().out


def test_a_search_before_any_release_does_not_make_a_database(project: Project) -> None:
    with pytest.raises(RegistryError, match="no release yet: run 'ragline index'"):
        search("payroll", config=project.config)
    assert registry_is_empty(project.settings())
