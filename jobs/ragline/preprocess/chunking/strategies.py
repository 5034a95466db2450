"""The strategies that a configuration can name."""

from ragline.preprocess.chunking.chunker import Chunker
from ragline.preprocess.chunking.structure import StructureChunker
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.runtime.preprocess_settings import ChunkSettings


def make_chunker(settings: ChunkSettings, counter: TokenCounter) -> Chunker:
    """The chunker of the configured strategy."""
    return StructureChunker(settings, counter)
