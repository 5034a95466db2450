"""Cut a document where what it speaks of changes."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ragline.config.chunking import ChunkSettings, StrategyOptions
from ragline.errors import ConfigError
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.passages import PassageMaker, Range
from ragline.preprocess.chunking.section_reader import SectionReader, SectionText
from ragline.preprocess.chunking.similarity import Embed, NeighbourSimilarity, load_embed
from ragline.preprocess.chunking.strategy import Strategy
from ragline.preprocess.chunking.token_counter import TokenCounter

_TOGETHER = 512


class SemanticOptions(StrategyOptions):
    """``piece_tokens``: the size of the pieces that are put together where they are alike."""

    always_dumped = True

    piece_tokens: Annotated[int, Field(ge=8, le=1024)] = 40

    def check(self, max_tokens: int) -> None:
        """A chunk holds two pieces at least."""
        self.at_most_half("piece_tokens", max_tokens)

    @classmethod
    def defaults_for(cls, max_tokens: int) -> dict[str, object]:
        """Smaller pieces where chunks are small."""
        return {"piece_tokens": min(cls().piece_tokens, max_tokens // 2)}


class SemanticChunker:
    """Chunks of neighbouring pieces (about ``piece_tokens`` tokens of whole sentences, rows, lines) that are alike.

    Of all ways to cut a section into chunks that fit it takes the one with the greatest sum, over all pairs of pieces in the
    same chunk, of how much more alike they are than two pieces of the document on average. No chunk crosses a heading.

    Source of the method: ``ClusterSemanticChunker`` in Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval",
    Chroma technical report, July 2024.
    """

    def __init__(self, settings: ChunkSettings, counter: TokenCounter, embed: Embed) -> None:
        self._piece_tokens = settings.options(SemanticOptions).piece_tokens
        self._reach = max(1, settings.max_tokens // self._piece_tokens)
        self._passages = PassageMaker(settings, counter)
        self._reader = SectionReader(settings, counter, self._passages)
        self._embed = embed

    def shorten_title(self, title: str) -> str:
        """A title that leaves room for text in every chunk that it leads."""
        return self._passages.shorten_title(title)

    def chunk(self, text: str, title: str) -> Iterator[Passage]:
        """The passages of a cleaned text, in order; together they cover all of it but blanks and the headings that
        stand in a ``heading_path``."""
        read = [(section, self._pieces(text, section)) for section in self._reader.read(text, title)]
        likeness = NeighbourSimilarity(self._embed, self._reach)
        every = [text[start:end].strip() for _, pieces in read for start, end in pieces]
        for first in range(0, len(every), _TOGETHER):
            likeness.add(every[first : first + _TOGETHER])
        rows, mean = iter(likeness.rows), likeness.mean()
        for section, pieces in read:
            ranges = _clusters(section, pieces, [next(rows) for _ in pieces], mean)
            yield from self._passages.make(text, title, section.headings, ranges)

    def _pieces(self, text: str, section: SectionText) -> list[Range]:
        """Sentences, put together as long as they stay small."""
        joined: list[Range] = []
        for piece in section.pieces(text, self._piece_tokens // 4):
            if joined and section.index.weight(joined[-1][0], piece.end) <= self._piece_tokens:
                joined[-1] = (joined[-1][0], piece.end)
            else:
                joined.append((piece.start, piece.end))
        return joined


def _clusters(section: SectionText, pieces: Sequence[Range], rows: Sequence[tuple[float, ...]], mean: float) -> Iterable[Range]:
    """The best cut; ``rows[i][d]`` is how alike pieces ``i`` and ``i - 1 - d`` are."""
    best, came_from = [0.0], [0]
    for end in range(1, len(pieces) + 1):
        # reward(start) = reward(start + 1) + likeness of piece ``start`` to all after it in the chunk
        reward, choice = 0.0, (best[end - 1], end - 1)
        for start in range(end - 2, max(-1, end - 2 - len(rows[end - 1])), -1):
            if section.index.weight(pieces[start][0], pieces[end - 1][1]) > section.limit:
                break
            reward += sum(_above(rows[later], later - start - 1, mean) for later in range(start + 1, end))
            choice = max(choice, (best[start] + reward, start))
        best.append(choice[0])
        came_from.append(choice[1])
    cuts = [len(pieces)]
    while cuts[-1]:
        cuts.append(came_from[cuts[-1]])
    cuts.reverse()
    return [(pieces[first][0], pieces[last - 1][1]) for first, last in zip(cuts, cuts[1:], strict=False)]


def _above(row: tuple[float, ...], distance: int, mean: float) -> float:
    """How much more alike two pieces are than the average pair; nothing where they stand too far apart to have been compared."""
    return row[distance] - mean if distance < len(row) else 0.0


def _make(settings: ChunkSettings, counter: TokenCounter, model_folder: Path | None) -> SemanticChunker:
    if model_folder is None:
        raise ConfigError(
            "preprocess.chunk.strategy is 'semantic', which needs the folder of the embedding model; none was given."
        )
    return SemanticChunker(settings, counter, load_embed(model_folder))


MEMBERS = (Strategy("semantic", 4, SemanticOptions, _make),)
