"""MLflow stores the name of the module that opens a release: these names stay for ever."""

from pathlib import Path

import yaml

import ragline.registry.pyfunc_model
import ragline.release.pyfunc_model


def test_a_new_release_names_the_entry_point_that_stays(tmp_path: Path) -> None:
    ragline.registry.pyfunc_model.write_model_folder(tmp_path / "model")

    stored = yaml.safe_load((tmp_path / "model" / "MLmodel").read_text())

    assert stored["flavors"]["python_function"]["loader_module"] == "ragline.registry.pyfunc_model"


def test_the_entry_point_of_older_releases_is_the_same() -> None:
    assert ragline.release.pyfunc_model._load_pyfunc is ragline.registry.pyfunc_model._load_pyfunc
