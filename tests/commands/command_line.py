"""Run a command as a shell would, in a test's project."""

from typer.testing import CliRunner

from ragline.cli import app
from tests.project import Project


def printed_by(project: Project, *arguments: str) -> str:
    """What ``ragline ARGUMENTS`` prints."""
    return _printed([arguments[0], "--config", str(project.config), *arguments[1:]])


def printed_by_part(project: Project, group: str, command: str, *arguments: str) -> str:
    """What ``ragline GROUP COMMAND ARGUMENTS`` prints."""
    return _printed([group, command, "--config", str(project.config), *arguments])


def _printed(arguments: list[str]) -> str:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.stdout
