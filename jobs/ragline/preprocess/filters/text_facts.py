"""What several quality rules ask of a text, each worked out once and only when asked for."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ragline.preprocess.filters.language import UNDETERMINED
from ragline.preprocess.filters.sample import sample
from ragline.preprocess.filters.sentence_lines import sentence_lines

if TYPE_CHECKING:
    from ragline.preprocess.filters.ngrams import NGrams

# Written without blanks between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan, Dzongkha.
_NO_BLANKS = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "km", "my", "bo", "dz"})

_SYMBOLS = re.compile(r"(?<!\S)(?:(?!\s)[\W_])+(?!\S)")
_COMPRESSED = 10_000


@dataclass(frozen=True)
class Repeats:
    """How much of a sequence of strings was there before: as a share of their number, and in characters."""

    share: float
    characters: int

    @classmethod
    def among(cls, parts: Sequence[str]) -> "Repeats":
        """The repeats among these parts."""
        unique = set(parts)
        characters = sum(map(len, parts)) - sum(map(len, unique))
        return cls((len(parts) - len(unique)) / max(1, len(parts)), characters)


class TextFacts:
    """A text and its language (``und`` if unknown), and what can be said of them."""

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text, language or UNDETERMINED

    @property
    def spaced(self) -> bool:
        """Whether blanks separate the words, so that they can be counted."""
        return self.language not in _NO_BLANKS

    @property
    def undetermined(self) -> bool:
        """Whether nobody can tell the language: prose hardly ever, noise always, code and tables half the time."""
        return self.language == UNDETERMINED

    @cached_property
    def words(self) -> list[str]:
        """What stands between blanks."""
        return self.text.split()

    @cached_property
    def symbols(self) -> list[str]:
        """The words that are nothing but punctuation."""
        return _SYMBOLS.findall(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not empty."""
        return [line for line in self.text.split("\n") if line.strip()]

    @cached_property
    def sentence_lines(self) -> list[str]:
        """The lines that C4 takes for sentences."""
        return sentence_lines(self.text)

    @cached_property
    def ngrams(self) -> "NGrams":
        """The n-grams of the words."""
        # Not at the top: it needs NumPy, and settings are checked through the rules also where that is not installed.
        from ragline.preprocess.filters.ngrams import NGrams

        return NGrams(self.words)

    @cached_property
    def repeated_lines(self) -> Repeats:
        """Lines that were there before. As in Gopher's own, what precedes a first line end and follows a last one are lines."""
        lines = [line for line in self.text.split("\n") if line]
        return Repeats.among([*lines, *[""] * (self.text.startswith("\n") + self.text.endswith("\n"))])

    @cached_property
    def repeated_paragraphs(self) -> Repeats:
        """Paragraphs that were there before."""
        paragraphs = (paragraph.lstrip("\n") for paragraph in self.text.strip().split("\n\n"))
        return Repeats.among([paragraph for paragraph in paragraphs if paragraph])

    @cached_property
    def sample(self) -> str:
        """Four thousand characters that stand for the text where all of it need not be looked at."""
        return sample(self.text, windows=4, width=1000)

    @cached_property
    def compressed(self) -> float:
        """Bytes after compression by bytes before, of the text's beginning. Prose is near .4, noise above .7."""
        encoded = self.text[:_COMPRESSED].encode()
        return len(zlib.compress(encoded, 1)) / max(1, len(encoded))
