import json
import os
from pathlib import Path

import pytest

from ragline_local.airflow_settings import Place, environment, secrets
from tests.places import REPOSITORY


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.of(tmp_path)


def test_a_project_without_dags_of_its_own_runs_those_beside_the_library(place: Place, tmp_path: Path) -> None:
    assert (place.root, place.code) == (tmp_path, REPOSITORY)


def test_keys_and_password_are_made_once_and_readable_to_the_owner_alone(place: Place) -> None:
    first = secrets(place)
    assert secrets(place) == first
    for file in ("secrets.json", "passwords.json"):
        assert (place.home / file).stat().st_mode & 0o077 == 0
    assert json.loads((place.home / "passwords.json").read_text()) == {"admin": first["password"]}


def test_airflow_listens_on_the_loopback_interface_alone(place: Place) -> None:
    env = environment(place, 8123)
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert env["AIRFLOW__API__PORT"] == "8123"
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"


def test_nobody_is_called_home(place: Place) -> None:
    env = environment(place, 8123)
    assert env["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert env["SCARF_ANALYTICS"] == "false"


def test_settings_of_another_airflow_in_the_environment_do_not_leak_in(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW__CELERY__BROKER_URL", "redis://elsewhere")
    env = environment(place, 8123)
    assert env["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW__CELERY__BROKER_URL" not in env


def test_lineage_events_are_files_of_the_project(place: Place) -> None:
    transport = json.loads(environment(place, 8123)["AIRFLOW__OPENLINEAGE__TRANSPORT"])
    assert transport["type"] == "file"
    assert transport["append"] is False
    assert Path(transport["log_file_path"]).parent == place.root / ".ragline" / "lineage"


def test_what_the_stack_leaves_is_its_owner_s_alone(place: Place) -> None:
    before = os.umask(0o022)
    try:
        env = environment(place, 8123)
        (place.home / "anything").write_text("")
    finally:
        os.umask(before)
    assert env["AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS"] == "0o700"
    assert env["AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS"] == "0o600"
    home = place.root / ".ragline"
    assert not [file for file in (home, *home.rglob("*")) if file.stat().st_mode & 0o077]
