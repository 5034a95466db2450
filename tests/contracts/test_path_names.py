import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ragline.config.lake import LakeSettings
from ragline.config.settings import Settings
from ragline.config.sources import SourceSettings
from ragline.contracts.names import safe_run_id, task_run_id
from ragline.contracts.path_names import path_name
from ragline.contracts.run_manifest import run_manifest_uri
from ragline.errors import ConfigError
from ragline.ingest.sync.staged import Staged, save, staging_folder
from tests.contracts.hostile_names import HOSTILE_NAMES


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_that_leads_elsewhere_is_refused_wherever_it_becomes_a_path(name, tmp_path):
    with pytest.raises(ConfigError, match="^The thing is .* which cannot be part of a path"):
        path_name(name, "The thing")
    with pytest.raises(ConfigError):
        staging_folder("/lake", name)
    with pytest.raises(ConfigError):
        run_manifest_uri("/lake", "ingest", name)
    with pytest.raises(ConfigError):
        save(str(tmp_path), "x", Staged(name, {}, [], "", "", is_nothing=True))
    with pytest.raises(ValidationError):
        SourceSettings(name=name, type="folder")
    with pytest.raises(ValidationError):
        Settings(pipeline=name, lake=LakeSettings(uri="x"), sources=[SourceSettings(name="a", type="folder")])


@pytest.mark.parametrize("name", ["monday", "manual__2026-01-01T00-00-00-00-00", "a.b=c-d_e", "0", "a" * 200, "_x", "a..b"])
def test_names_that_are_in_use(name):
    assert path_name(name, "The run id") == name


@given(st.text(max_size=300) | st.text(st.sampled_from("./\\a-=\x00 "), max_size=10))
def test_whatever_passes_stays_where_it_belongs(text):
    try:
        name = path_name(text, "It")
    except ConfigError:
        return
    assert os.path.normpath(os.path.join("/lake/x", name)) == f"/lake/x/{name}"


@given(st.text(max_size=500))
def test_a_run_id_of_any_label_is_a_name_or_an_error(text):
    try:
        made = safe_run_id(text)
    except ConfigError:
        return
    assert path_name(made, "It") == made


@pytest.mark.parametrize("label", ["", " ", "..", "../..", "/", "-", "\x00", "名"])
def test_a_run_id_of_which_nothing_is_left_is_an_error(label):
    with pytest.raises(ConfigError, match=re.escape("un id") + ".*cannot be part of a path"):
        safe_run_id(label)


def test_long_ids_that_begin_alike_stay_apart():
    long = "x" * 240
    made = {task_run_id("r" * 100, long, 1, number) for number in (1, 2, 3)} | {safe_run_id(long + "1"), safe_run_id(long + "2")}
    assert len(made) == 5
    assert all(len(name) <= 200 for name in made)
