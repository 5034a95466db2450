"""Run a command as a shell would, in a test's project."""

from typer.testing import CliRunner

from ragline.cli import app
from tests.project import Project


def printed_by(project: Project, *arguments: str) -> str:
    """What ``ragline ARGUMENTS`` prints."""
    command, *rest = arguments
    result = CliRunner().invoke(app, [command, "--config", str(project.config), *rest], env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.stdout
