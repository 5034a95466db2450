"""What a chunking strategy is, and the chunker of the configured one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ragline.config.chunking import ChunkSettings, StrategyOptions
from ragline.config.registries import STRATEGIES, members_of
from ragline.errors import ConfigError
from ragline.preprocess.chunking.chunker import Chunker
from ragline.preprocess.chunking.token_counter import TokenCounter

# Settings, the counter of the embedding model's tokens, and the model's folder if it is known.
MakeChunker = Callable[[ChunkSettings, TokenCounter, Path | None], Chunker]


@dataclass(frozen=True)
class Strategy:
    """A way of cutting documents. A module in ``strategies`` lists it in ``MEMBERS``, beside its options and its chunker."""

    name: str
    rank: int
    options: type[StrategyOptions]
    make: MakeChunker


def strategies() -> dict[str, Strategy]:
    """All strategies by name, in order."""
    return members_of(STRATEGIES)


def make_chunker(settings: ChunkSettings, counter: TokenCounter, model_folder: Path | None = None) -> Chunker:
    """The chunker of the configured strategy. ``semantic`` needs the embedding model's folder; it loads the model when it is
    first used, once per process.

    Raises:
        ConfigError: there is no such strategy, or it is ``semantic`` and no model folder is given.
    """
    strategy = strategies().get(settings.strategy)
    if strategy is None:
        raise ConfigError(f"preprocess.chunk.strategy is {settings.strategy!r}, which is none of {', '.join(strategies())}.")
    return strategy.make(settings, counter, model_folder)
