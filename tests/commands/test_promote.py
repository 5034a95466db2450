"""What the command line makes of a person's answer."""

import pytest
from typer.testing import CliRunner

from ragline.cli import app
from ragline.lake.run_manifests import load_run_manifest
from tests.project import Project


def promote(project: Project, *arguments: str) -> int:
    command = ["promote", "--config", str(project.config), "--run-id", "answer", *arguments]
    return CliRunner().invoke(app, command).exit_code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--approved-by", ""], "--approved-by needs the name of a person; it got ''"),
        (["--approved-by", " "], "--approved-by needs the name of a person; it got ' '"),
        (["--rejected-by", "$USER", "--reason", "prices"], "--rejected-by needs the name of a person; it got '$USER'"),
        (["--approved-by", "ada", "--rejected-by", "ben"], "not both"),
        (["--reason", "prices"], "give --rejected-by NAME with it"),
    ],
)
def test_an_answer_of_nobody_is_a_bad_argument_and_leaves_its_manifest(
    project: Project, arguments: list[str], message: str
) -> None:
    assert promote(project, *arguments) == 2

    manifest = load_run_manifest(f"{project.lake.uri}/_runs/promote/answer.json")
    assert manifest is not None
    assert (manifest.status, message in manifest.message) == ("bad_input", True)
