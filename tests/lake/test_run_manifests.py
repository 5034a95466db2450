from pathlib import Path

import pytest

from ragline.errors import LakeError
from ragline.lake.run_manifests import load_run_manifest


def test_a_run_that_left_nothing_has_no_manifest(tmp_path: Path) -> None:
    assert load_run_manifest(str(tmp_path / "none.json")) is None


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text('{"job": "ind')
    with pytest.raises(LakeError, match=r"cut\.json cannot be read"):
        load_run_manifest(str(tmp_path / "cut.json"))
