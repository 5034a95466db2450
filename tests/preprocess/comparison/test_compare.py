"""The command with the real model, on a corpus of three paragraphs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragline.cli import app
from ragline.config.chunking import ChunkSettings
from ragline.errors import ConfigError
from ragline.preprocess.comparison.candidates import candidates
from ragline.preprocess.comparison.compare import compare_strategies
from tests.preprocess.comparison.test_judgments import DOGS, write
from tests.project import Project


def compared(project: Project, judgments: Path, *options: str) -> str:
    arguments = ["chunking", "compare", "--config", str(project.config), "--judgments", str(judgments), *options]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "130"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_table_is_printed_and_written(project: Project, tmp_path: Path) -> None:
    folder = write(tmp_path, [DOGS])
    said = compared(project, folder, "--strategy", "structure", "--output", str(tmp_path / "table.json"))
    assert "structure" in said
    assert "47.6" in said
    found = json.loads((tmp_path / "table.json").read_text())
    assert [measurement["name"] for measurement in found] == ["recursive, 200 tokens", "structure (configured)"]
    # One chunk holds all of the 21 characters, 10 of which were asked for.
    assert found[1]["scores"][0]["recall"] == 1.0
    assert found[1]["scores"][0]["iou"] == pytest.approx(10 / 21)


def test_what_cannot_be_used_is_said_before_work_begins(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"end in \.md or \.json"):
        compared(project, tmp_path, "--output", str(tmp_path / "table.xls"))
    with pytest.raises(ConfigError, match="'fixed' is not known: use structure, recursive"):
        compare_strategies(project.settings(), tmp_path, ["fixed"])


def test_configured_strategy_keeps_its_options_and_the_reference_comes_first() -> None:
    configured = ChunkSettings(strategy="recursive", max_tokens=160, overlap_tokens=20)
    found = candidates(configured, ["recursive", "sentence_window"])
    assert [candidate.name for candidate in found] == ["recursive, 200 tokens", "recursive (configured)", "sentence_window"]
    assert found[1].settings is configured
    assert found[2].settings == ChunkSettings(strategy="sentence_window", max_tokens=160)


def test_every_strategy_can_be_compared_at_small_sizes() -> None:
    found = candidates(ChunkSettings(max_tokens=32), [])
    assert [candidate.settings.strategy for candidate in found] == [
        "recursive",
        "structure",
        "recursive",
        "sentence_window",
        "semantic",
    ]
