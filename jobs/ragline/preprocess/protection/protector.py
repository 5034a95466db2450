"""Find personal data and secrets in a document, and do with each kind what the settings say.

Patterns and checks of our own, and ``phonenumberslite`` for the numbering plans: benchmarks/results/personal_data.md compares
them with the libraries there are.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ragline.config.entity_model import has_entity_model
from ragline.config.personal_data import PersonalDataSettings
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.protection.placeholders import Region, hide, outside, paragraphs_of
from ragline.privacy.detection import find_patterns, resolve
from ragline.privacy.finding import Finding
from ragline.privacy.kind import kinds
from ragline.privacy.kinds.named_entities import find_entities
from ragline.privacy.kinds.private_keys import PEM_MARK
from ragline.privacy.placeholders import is_placeholder

# Each search but the last finds something; a text that needs more than a few was made to.
_MAX_SEARCHES = 16


@dataclass(frozen=True)
class Protected:
    """A text in which personal data was dealt with, what was found, and whether the document has to go because of it.

    ``findings`` are in order, without overlaps, and ranges of the protected text.
    """

    cleaned: CleanedText
    findings: tuple[Finding, ...]
    drop: str | None

    @property
    def found(self) -> Mapping[str, int]:
        """How many of each kind."""
        return dict(sorted(Counter(finding.kind for finding in self.findings).items()))

    def kinds_between(self, start: int, end: int) -> tuple[str, ...]:
        """Kinds found in a range of the protected text, in alphabetical order."""
        first = bisect_right(self.findings, start, key=lambda finding: finding.end)
        last = bisect_left(self.findings, end, key=lambda finding: finding.start)
        return tuple(sorted({finding.kind for finding in self.findings[first:last]}))


class Protector:
    """What is done with the documents of one source. Picklable; patterns are compiled and models loaded once per process."""

    def __init__(self, settings: PersonalDataSettings, source: str) -> None:
        self._actions = settings.actions_for(source)
        self._allowed = tuple(entry.lower() for entry in settings.allow)
        self._model = settings.entity_model
        wanted = [kind for name, kind in kinds().items() if self._actions[name] != "keep"]
        self._entities = any(kind.takes_a_model for kind in wanted) and has_entity_model(self._model)
        self._idle = not self._entities and all(kind.takes_a_model for kind in wanted)

    def protect(self, cleaned: CleanedText) -> Protected:
        """Replace what is to be redacted, or dropped; report that, and what is to be tagged.

        The paragraphs in which something was replaced are searched again, until nothing more is found there: what was hidden
        may have been the only reason against its neighbour. So protecting twice changes nothing.
        """
        if self._idle:
            return Protected(cleaned, (), None)
        noted: list[Finding] = []
        regions: list[Region] = [(0, len(cleaned.text))]
        for _ in range(_MAX_SEARCHES):
            found = self._search(cleaned.text, regions)
            tagged = [finding for finding in noted if self._actions[finding.kind] == "tag"]
            placeholders = [finding for finding in noted if self._actions[finding.kind] != "tag"]
            noted = sorted([*placeholders, *outside(tagged, regions), *found], key=lambda finding: finding.start)
            hidden = [finding for finding in found if self._actions[finding.kind] != "tag"]
            if not hidden:
                break
            cleaned, noted, placed = hide(cleaned, noted, hidden)
            regions = self._regions_to_search(cleaned.text, placed)
        dropped = (finding.kind for finding in noted if self._actions[finding.kind] == "drop")
        return Protected(cleaned, tuple(noted), next((f"personal_data_{kind}" for kind in dropped), None))

    def _search(self, text: str, regions: list[Region]) -> list[Finding]:
        """What to tag, redact or drop in some regions of a text."""
        found = []
        for start, end in regions:
            part = text[start:end]
            for finding in resolve(self._find(part)):
                value = part[finding.start : finding.end]
                if self._actions[finding.kind] != "keep" and not self._is_allowed(value) and not is_placeholder(value):
                    found.append(Finding(finding.kind, finding.start + start, finding.end + start))
        return found

    def _find(self, text: str) -> Iterator[Finding]:
        yield from find_patterns(text)
        if self._entities:
            yield from find_entities(text, self._model)

    def _regions_to_search(self, text: str, placed: list[Finding]) -> list[Region]:
        """Paragraphs with new placeholders; the whole text where there may be findings that span paragraphs."""
        return [(0, len(text))] if self._entities or PEM_MARK in text else paragraphs_of(text, placed)

    def _is_allowed(self, value: str) -> bool:
        lower = value.lower()
        return any(lower == entry or (entry.startswith("@") and lower.endswith(entry)) for entry in self._allowed)


def unavailable_kinds(settings: PersonalDataSettings) -> tuple[str, ...]:
    """Kinds that the settings ask for and that nothing installed can find."""
    if has_entity_model(settings.entity_model):
        return ()
    return tuple(name for name, kind in kinds().items() if kind.takes_a_model and settings.asks_for(name))
