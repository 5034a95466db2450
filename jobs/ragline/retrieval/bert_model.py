"""Sentence encoders of the plainest kind, BERT with mean pooling on a CPU, read with PyTorch and tokenizers alone.

Importing sentence-transformers costs more than embedding a handful of passages. What a folder says of its model decides whether
it is of this kind; a folder that says anything else is left to that library. The layers are PyTorch's own, which compute what
BERT's do (Devlin et al. 2019: post-norm, exact GELU); pooling and normalisation are those of sentence-transformers.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_MODULES = ("Transformer", "Pooling", "Normalize")
_CONFIG = {"model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu", "position_embedding_type": "absolute"}
_UNUSED = ("pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids")
# PyTorch's name of each part of a layer, and BERT's; the three projections of the attention are one matrix there.
_LAYER = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}
_PROJECTIONS = ("query", "key", "value")


class BertModel:
    """A loaded model on the CPU: ``embed`` and ``count_tokens`` are all that an ``Encoder`` asks of one."""

    device = "cpu"

    def __init__(self, config: Mapping[str, Any], weights: dict[str, Any], tokenizer: Any, max_tokens: int) -> None:
        from torch import nn

        width, epsilon = config["hidden_size"], config["layer_norm_eps"]
        layer = nn.TransformerEncoderLayer(
            width,
            config["num_attention_heads"],
            config["intermediate_size"],
            activation="gelu",
            layer_norm_eps=epsilon,
            batch_first=True,
        )
        self._layers = nn.TransformerEncoder(layer, config["num_hidden_layers"], enable_nested_tensor=False).eval()
        self._norm = nn.LayerNorm(width, epsilon)
        self._words = weights.pop("embeddings.word_embeddings.weight")
        # Every token of a lone text is of the first type.
        self._places = weights.pop("embeddings.position_embeddings.weight")
        self._places = self._places + weights.pop("embeddings.token_type_embeddings.weight")[0]
        self._norm.load_state_dict({part: weights.pop(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")})
        self._layers.load_state_dict(_layer_weights(weights, config["num_hidden_layers"]))
        self._tokenizer = tokenizer
        self.max_tokens = max_tokens
        self.dimension = int(width)

    def embed(self, texts: Sequence[str], prompt: str | None) -> npt.NDArray[np.float32]:
        """Vectors of texts, all in one batch: float32 (len(texts), dimension), norm 1."""
        import torch

        encodings = self._tokenizer.encode_batch([(prompt or "") + text for text in texts])
        length = max(len(encoding.ids) for encoding in encodings)
        ids = torch.tensor([encoding.ids + [0] * (length - len(encoding.ids)) for encoding in encodings])
        counts = torch.tensor([[len(encoding.ids)] for encoding in encodings])
        padding = torch.arange(length)[None, :] >= counts
        with torch.inference_mode():
            tokens = self._norm(self._words[ids] + self._places[:length])
            found = self._layers(tokens, src_key_padding_mask=padding if padding.any() else None)
            means = found.masked_fill(padding[:, :, None], 0.0).sum(dim=1) / counts
            vectors: npt.NDArray[np.float32] = torch.nn.functional.normalize(means, dim=1).numpy()
        return vectors

    embed_queries = embed_documents = embed

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens read of each text, special ones included, after truncation."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]


def load_bert(folder: Path) -> BertModel | None:
    """The model in ``folder``, or None if it is of another kind, or anything of it is missing or not as expected."""
    try:
        config, max_tokens = _json(folder / "config.json"), _max_tokens(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if max_tokens is None or any(config.get(name) != value for name, value in _CONFIG.items()):
        return None
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    try:
        weights = load_file(folder / "model.safetensors")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_tokens)
        for name in _UNUSED:
            weights.pop(name, None)
        model = BertModel(config, weights, tokenizer, max_tokens)
    except Exception:  # tokenizers raises nothing narrower
        return None  # sentence-transformers says what is wrong with it
    return None if weights else model


def _max_tokens(folder: Path) -> int | None:
    """How many tokens the model reads; None if its modules or settings are not the plain ones."""
    modules = _json(folder / "modules.json")
    if tuple(module["type"].rpartition(".")[2] for module in modules) != _MODULES or modules[0]["path"]:
        return None
    pooling = _json(folder / modules[1]["path"] / "config.json")
    modes = {name for name, value in pooling.items() if value is True and name != "include_prompt"}
    reading = _json(folder / "sentence_bert_config.json")
    prompts = _json(folder / "config_sentence_transformers.json")
    tokenizer = _json(folder / "tokenizer_config.json")
    plain = (
        modes == {"pooling_mode_mean_tokens"}
        and pooling.get("include_prompt", True)
        and set(reading) <= {"max_seq_length", "do_lower_case"}
        and not reading.get("do_lower_case")
        and not any((prompts.get("prompts") or {}).values())
        and prompts.get("default_prompt_name") is None
        and tokenizer.get("tokenizer_class") == "BertTokenizer"
        and tokenizer.get("pad_token") == "[PAD]"
    )
    longest = _json(folder / "config.json")["max_position_embeddings"]
    return int(reading["max_seq_length"]) if plain and reading["max_seq_length"] <= longest else None


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _layer_weights(weights: dict[str, Any], layers: int) -> dict[str, Any]:
    """The layers' weights under PyTorch's names, taken out of ``weights``."""
    import torch

    taken = {}
    for number in range(layers):
        for part in ("weight", "bias"):
            source, target = f"encoder.layer.{number}", f"layers.{number}"
            projections = [weights.pop(f"{source}.attention.self.{name}.{part}") for name in _PROJECTIONS]
            taken[f"{target}.self_attn.in_proj_{part}"] = torch.cat(projections)
            taken |= {f"{target}.{ours}.{part}": weights.pop(f"{source}.{berts}.{part}") for ours, berts in _LAYER.items()}
    return taken
