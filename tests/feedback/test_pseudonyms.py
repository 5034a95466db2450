import multiprocessing
import re
from pathlib import Path
from typing import Any

import pytest

from ragline.config.settings import Settings
from ragline.errors import ConfigError
from ragline.feedback.pseudonyms import KEY_VARIABLE, key_file, pseudonym, pseudonym_key
from tests.project import Project

OLD = b"0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def no_key_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def former(settings: Settings) -> Path:
    """Where earlier versions kept the key."""
    return Path(settings.lake.uri) / "_secrets" / "pseudonym.key"


def test_a_user_has_one_pseudonym_under_one_key_and_nobody_has_none() -> None:
    # printf ada | openssl dgst -sha256 -hmac k
    assert pseudonym("ada", b"k") == "16ae9ecd91203823a6ddb69327f2d592"
    assert pseudonym("ada", b"other") != pseudonym("ada", b"k")
    assert pseudonym("", b"k") == ""


def test_a_random_key_is_made_once_away_from_the_lake_and_for_its_owner_alone(project: Project) -> None:
    settings = project.settings()
    made = pseudonym_key(settings)
    assert len(made) == 64
    assert pseudonym_key(settings) == made
    assert key_file(settings).stat().st_mode & 0o777 == 0o600
    assert key_file(settings).parent.stat().st_mode & 0o777 == 0o700
    assert not key_file(settings).is_relative_to(settings.lake.uri)
    assert not [file for file in Path(settings.lake.uri).rglob("*") if file.is_file() and made in file.read_bytes()]


def test_a_given_key_comes_first(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "given")
    assert pseudonym_key(project.settings()) == b"given"
    assert not key_file(project.settings()).exists()


def test_a_key_that_an_earlier_version_left_in_the_lake_moves_and_stays_the_same(project: Project) -> None:
    settings = project.settings()
    former(settings).parent.mkdir(parents=True)
    former(settings).write_bytes(OLD)
    assert pseudonym_key(settings) == OLD
    assert not former(settings).exists()
    assert pseudonym_key(settings) == OLD


def test_a_move_that_was_killed_half_way_is_finished(project: Project) -> None:
    settings = project.settings()
    for file in (former(settings), key_file(settings)):
        file.parent.mkdir(parents=True)
        file.write_bytes(OLD)
    assert pseudonym_key(settings) == OLD
    assert not former(settings).exists()


def test_another_machine_on_the_same_lake_makes_no_second_key(project: Project) -> None:
    settings = project.settings()
    made = pseudonym_key(settings)
    key_file(settings).unlink()  # a checkout elsewhere has the lake, and not the key
    with pytest.raises(ConfigError, match=f"another key than .* copy that file .*{KEY_VARIABLE}"):
        pseudonym_key(settings)
    key_file(settings).write_bytes(b"of somebody else")
    with pytest.raises(ConfigError, match="another key"):
        pseudonym_key(settings)
    key_file(settings).write_bytes(made)
    assert pseudonym_key(settings) == made


def test_the_key_can_be_forgotten_on_purpose(project: Project) -> None:
    settings = project.settings()
    made = pseudonym_key(settings)
    key_file(settings).unlink()
    (Path(settings.lake.uri) / "_secrets" / "pseudonym.mark").unlink()
    assert pseudonym_key(settings) != made


def _made_at_once(settings: Settings, start: Any, found: Any) -> None:
    start.wait(60)
    found.put(pseudonym_key(settings))


def test_two_first_uses_at_the_same_moment_make_one_key(project: Project) -> None:
    context = multiprocessing.get_context("fork")
    for _ in range(5):
        settings = project.settings()
        start, found = context.Barrier(3), context.Queue()
        processes = [context.Process(target=_made_at_once, args=(settings, start, found)) for _ in range(3)]
        for process in processes:
            process.start()
        keys = {found.get(timeout=60) for _ in processes}
        for process in processes:
            process.join()
        assert keys == {key_file(settings).read_bytes()}
        assert [file.name for file in key_file(settings).parent.iterdir()] == [key_file(settings).name]
        key_file(settings).unlink()
        (Path(settings.lake.uri) / "_secrets" / "pseudonym.mark").unlink()


def test_a_lake_in_a_store_needs_a_key_that_is_given(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = project.settings(f"lake.uri=file://{project.root}/store")
    store = settings.model_copy(update={"lake": settings.lake.model_copy(update={"uri": f"file://{project.root}/store"})})
    with pytest.raises(ConfigError, match=re.escape(f"set {KEY_VARIABLE}, the same on every machine")):
        pseudonym_key(store)
    (project.root / "store" / "_secrets").mkdir(parents=True)
    (project.root / "store" / "_secrets" / "pseudonym.key").write_bytes(OLD)
    assert pseudonym_key(store) == OLD
    monkeypatch.setenv(KEY_VARIABLE, "given")
    assert pseudonym_key(store) == b"given"
