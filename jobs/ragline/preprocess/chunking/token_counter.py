"""Count tokens as the embedding model will."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BATCH = 512


class TokenCounter:
    """The embedding model's own tokenizer, used to measure texts."""

    def __init__(self, tokenizer: "Tokenizer") -> None:
        self._tokenizer = tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each encoder input, special tokens included."""
        return [length for batch in _batches(texts) for length in self._lengths(batch, True)]

    def measure(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each part of an encoder input, special tokens left out."""
        return [length for batch in _batches(texts) for length in self._lengths(batch, False)]

    def starts(self, texts: Sequence[str]) -> list[list[int]]:
        """Where each text's tokens start, in code points, special tokens left out."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [[start for start, _ in encoding.offsets] for encoding in encodings]

    def shorten(self, text: str, tokens: int) -> str:
        """The text if it has at most so many tokens, or as much of it as has, and an ellipsis."""
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return text if len(offsets) <= tokens else text[: offsets[max(tokens - 2, 0)][1]].rstrip() + "…"

    def _lengths(self, texts: list[str], special: bool) -> list[int]:
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=special)]


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), _BATCH):
        yield list(texts[start : start + _BATCH])


@lru_cache(maxsize=4)
def load_token_counter(model_folder: Path) -> TokenCounter:
    """The counter of a model folder, loaded once per process."""
    from tokenizers import Tokenizer

    return TokenCounter(Tokenizer.from_file(str(model_folder / "tokenizer.json")))
