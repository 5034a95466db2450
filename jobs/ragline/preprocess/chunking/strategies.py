"""The strategies that a configuration can name."""

from pathlib import Path

from ragline.config.preprocess import ChunkSettings
from ragline.errors import ConfigError
from ragline.preprocess.chunking.chunker import Chunker
from ragline.preprocess.chunking.recursive import RecursiveChunker
from ragline.preprocess.chunking.semantic import SemanticChunker
from ragline.preprocess.chunking.sentence_window import SentenceWindowChunker
from ragline.preprocess.chunking.similarity import load_embed
from ragline.preprocess.chunking.structure import StructureChunker
from ragline.preprocess.chunking.token_counter import TokenCounter


def make_chunker(settings: ChunkSettings, counter: TokenCounter, model_folder: Path | None = None) -> Chunker:
    """The chunker of the configured strategy. ``semantic`` needs the embedding model's folder; it loads the model when it is
    first used, once per process.

    Raises:
        ConfigError: the strategy is ``semantic`` and no model folder is given.
    """
    if settings.strategy == "structure":
        return StructureChunker(settings, counter)
    if settings.strategy == "recursive":
        return RecursiveChunker(settings, counter)
    if settings.strategy == "sentence_window":
        return SentenceWindowChunker(settings, counter)
    if model_folder is None:
        raise ConfigError(
            "preprocess.chunk.strategy is 'semantic', which needs the folder of the embedding model; none was given."
        )
    return SemanticChunker(settings, counter, load_embed(model_folder))
