"""How alike neighbouring parts of a text are to the embedding model."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Vectors

# Texts in, unit vectors out.
Embed = Callable[[Sequence[str]], "Vectors"]


@lru_cache(maxsize=2)
def load_embed(model_folder: Path) -> Embed:
    """The model's encoder, loaded when first used, once per process.

    It runs on the CPU and on one thread, so that the same text has the same vectors in every process on machines of a kind.
    """
    loaded: list[Embed] = []

    def embed(texts: Sequence[str]) -> "Vectors":
        import torch

        from ragline.retrieval.encoder import load_encoder

        if not loaded:
            loaded.append(load_encoder(model_folder, device="cpu").encode_documents)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return loaded[0](texts)
        finally:
            torch.set_num_threads(threads)

    return embed


class NeighbourSimilarity:
    """Similarities of each text to the ``reach`` texts before it, and the mean of all pairs, without keeping the vectors."""

    def __init__(self, embed: Embed, reach: int) -> None:
        self._embed = embed
        self._reach = reach
        self._recent: list[Vectors] = []
        self._sum: Vectors | None = None
        self.rows: list[tuple[float, ...]] = []

    def add(self, texts: Sequence[str]) -> None:
        """Take in the next texts, all at once: which ones are embedded together has a share in their last digits."""
        if not texts:
            return
        for vector in self._embed(texts):
            # Rounded, because the last digits are the machine's.
            self.rows.append(tuple(round(float(vector @ before), 4) for before in reversed(self._recent)))
            self._recent = [*self._recent, vector][-self._reach :]
            self._sum = vector if self._sum is None else self._sum + vector

    def mean(self) -> float:
        """Mean similarity of two different texts."""
        number = len(self.rows)
        if self._sum is None or number < 2:
            return 0.0
        return round((float(self._sum @ self._sum) - number) / (number * (number - 1)), 4)
