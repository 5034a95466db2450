"""Find personal data and secrets in a document, and do with each kind what the settings say.

Patterns and checks of our own, and ``phonenumberslite`` for the numbering plans: benchmarks/results/personal_data.md compares
them with the libraries there are.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.privacy.finding import Finding
from ragline.preprocess.privacy.kinds import find_patterns, placeholder, resolve
from ragline.preprocess.privacy.named_entities import ENTITY_KINDS, can_find_entities, find_entities
from ragline.runtime.preprocess_settings import PersonalDataSettings


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
        asked = any(self._actions[kind] != "keep" for kind in ENTITY_KINDS)
        self._entities = asked and can_find_entities(self._model)
        self._idle = all(action == "keep" for kind, action in self._actions.items() if kind not in ENTITY_KINDS or self._entities)

    def protect(self, cleaned: CleanedText) -> Protected:
        """Replace what is to be redacted, or dropped; report that and what is to be tagged.

        What surrounds a replaced stretch is looked at again, until nothing more is found: so protecting twice changes nothing.
        """
        findings: list[Finding] = []
        while not self._idle:
            tagged, hidden = self._look(cleaned.text)
            if not hidden:
                findings = sorted([*findings, *tagged], key=lambda finding: finding.start)
                break
            cleaned, findings = _hide(cleaned, findings, hidden)
        dropped = (finding.kind for finding in findings if self._actions[finding.kind] == "drop")
        return Protected(cleaned, tuple(findings), next((f"personal_data_{kind}" for kind in dropped), None))

    def _look(self, text: str) -> tuple[list[Finding], list[Finding]]:
        """What to tag, and what to hide."""
        found = [finding for finding in resolve(self._find(text)) if not self._is_allowed(text[finding.start : finding.end])]
        tagged = [finding for finding in found if self._actions[finding.kind] == "tag"]
        return tagged, [finding for finding in found if self._actions[finding.kind] in ("redact", "drop")]

    def _find(self, text: str) -> Iterator[Finding]:
        yield from find_patterns(text)
        if self._entities:
            yield from find_entities(text, self._model)

    def _is_allowed(self, value: str) -> bool:
        lower = value.lower()
        return any(lower == entry or (entry.startswith("@") and lower.endswith(entry)) for entry in self._allowed)


def unavailable_kinds(settings: PersonalDataSettings) -> tuple[str, ...]:
    """Kinds that the settings ask for and that nothing installed can find."""
    if can_find_entities(settings.entity_model):
        return ()
    return tuple(kind for kind in ENTITY_KINDS if settings.asks_for(kind))


def _hide(cleaned: CleanedText, earlier: list[Finding], hidden: list[Finding]) -> tuple[CleanedText, list[Finding]]:
    """Put placeholders in, and say where these and those of an earlier look are now."""
    edits = [(finding.start, finding.end, placeholder(finding.kind)) for finding in hidden]
    placed: list[Finding] = []
    shift = 0
    waiting = iter([*earlier, Finding("", len(cleaned.text) + 1, len(cleaned.text) + 1)])
    before = next(waiting)
    for finding, (start, end, new) in zip(hidden, edits, strict=True):
        while before.start < start:
            placed.append(Finding(before.kind, before.start + shift, before.end + shift))
            before = next(waiting)
        while before.start < end:  # a placeholder inside what is hidden now
            before = next(waiting)
        placed.append(Finding(finding.kind, start + shift, start + shift + len(new)))
        shift += len(new) - (end - start)
    placed += [Finding(rest.kind, rest.start + shift, rest.end + shift) for rest in [before, *waiting] if rest.kind]
    return cleaned.edit(edits), placed
