import os
import stat
from pathlib import Path

from typer.testing import CliRunner

from ragline.cli import app
from ragline.runtime.private_files import keep_private, write_once
from tests.project import Project


def modes(folder: Path) -> dict[str, str]:
    """What others may do with what is below a folder, where they may do anything."""
    found = {file: stat.S_IMODE(file.lstat().st_mode) for file in (folder, *folder.rglob("*")) if not file.is_symlink()}
    return {str(file): oct(mode) for file, mode in found.items() if mode & 0o077}


def test_what_a_job_leaves_in_the_project_is_its_owner_s_alone(project: Project) -> None:
    for command in (["ingest"], ["gate", "documents"], ["status"]):
        result = CliRunner().invoke(app, [*command, "--config", str(project.config)])
        assert result.exit_code == 0, result.output
    assert (project.root / ".ragline" / "handbook" / "lake" / "documents").is_dir()
    assert modes(project.root / ".ragline") == {}


def test_a_folder_of_an_earlier_version_is_closed_and_one_of_a_group_stays_its_own(tmp_path: Path) -> None:
    home = tmp_path / ".ragline"
    home.mkdir()
    home.chmod(0o755)
    keep_private(tmp_path)
    assert (stat.S_IMODE(home.stat().st_mode), os.umask(0o022)) == (0o700, 0o077)
    home.chmod(0o2775)
    keep_private(tmp_path)
    assert (stat.S_IMODE(home.stat().st_mode), os.umask(0o022)) == (0o2770, 0o007)


def test_a_lake_elsewhere_is_written_as_whoever_runs_it_says(tmp_path: Path) -> None:
    keep_private(tmp_path, str(tmp_path / "shared" / "lake"))
    assert os.umask(0o022) == 0o022
    keep_private(tmp_path, "s3://bucket/lake")
    assert os.umask(0o022) == 0o022
    assert stat.S_IMODE((tmp_path / ".ragline").stat().st_mode) == 0o700


def test_what_is_written_once_stays(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "key"
    assert write_once(file, b"one") == b"one"
    assert write_once(file, b"two") == b"one"
    assert [found.name for found in file.parent.iterdir()] == ["key"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
