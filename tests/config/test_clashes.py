import pytest
from typer.testing import CliRunner

from ragline.cli import app
from ragline.config.loader import load_settings
from ragline.errors import ConfigError

SOURCE = {"name": "docs", "type": "folder", "uri": "corpus"}


def test_a_pipeline_name_stands_in_one_file_only(project):
    copy = project.second("copy", {"pipeline": "handbook", "sources": [SOURCE]})
    for file in (project.config, copy.config):
        with pytest.raises(ConfigError, match="are both the pipeline 'handbook'") as error:
            load_settings(file)
        assert str(project.config) in str(error.value)
        assert str(copy.config) in str(error.value)


def test_a_file_without_a_name_has_that_of_the_file(project):
    copy = project.second("copy", {"pipeline": "other", "sources": [SOURCE]})
    project.second("other", {"sources": [SOURCE]})
    assert load_settings(project.config).pipeline == "handbook"
    with pytest.raises(ConfigError, match="are both the pipeline 'other'"):
        load_settings(copy.config)


def test_a_file_elsewhere_is_no_second_pipeline_of_a_name_either(project, monkeypatch):
    monkeypatch.setenv("RAGLINE_HOME", str(project.root))
    elsewhere = project.root / "handbook.yaml"
    elsewhere.write_text("pipeline: handbook\nsources: [{name: docs, type: folder, uri: corpus}]\n")
    with pytest.raises(ConfigError, match="are both the pipeline 'handbook'"):
        load_settings(elsewhere)


def test_the_name_given_on_the_command_line_counts(project):
    project.second("other", {"sources": [SOURCE]})
    assert load_settings(project.config, ["pipeline=third"]).pipeline == "third"
    with pytest.raises(ConfigError, match="are both the pipeline 'other'"):
        load_settings(project.config, ["pipeline=other"])


def test_two_pipelines_do_not_share_a_lake(project):
    other = project.second("other", {"sources": [SOURCE], "lake": {"uri": ".ragline/handbook/lake/"}})
    for file in (project.config, other.config):
        with pytest.raises(ConfigError, match="have the same lake.uri, .*handbook/lake"):
            load_settings(file)


def test_a_file_that_cannot_be_read_is_no_reason_to_stop_the_others(project):
    project.second("other", {}).config.write_text("[")
    assert load_settings(project.config).pipeline == "handbook"


@pytest.mark.parametrize("command", [["ingest"], ["status"], ["search", "what?"], ["releases"], ["maintain"]])
def test_every_command_says_so(project, command):
    project.second("copy", {"pipeline": "handbook", "sources": [SOURCE]})
    result = CliRunner().invoke(app, [*command, "--config", str(project.config)])
    assert isinstance(result.exception, ConfigError)
    assert "copy.yaml" in str(result.exception)
