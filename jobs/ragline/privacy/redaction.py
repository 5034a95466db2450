"""Hide personal data in a short text that stands alone: a query that a user asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from ragline.config.personal_data import Action
from ragline.privacy.detection import find_patterns, resolve
from ragline.privacy.finding import Finding
from ragline.privacy.kind import kinds
from ragline.privacy.placeholders import is_placeholder

# Each search but the last finds something; a text that needs more than a few was made to.
_MAX_SEARCHES = 16


@dataclass(frozen=True)
class Redacted:
    """A text with placeholders for what was hidden; ``drop`` names a kind that must not be stored at all, if one was found."""

    text: str
    drop: str | None = None


def redact(text: str, actions: Mapping[str, Action]) -> Redacted:
    """Replace what is to be redacted by placeholders. Kinds to keep or to tag stay: nothing can be tagged here.

    The text is searched again until nothing more is found, because what was hidden may have been the only reason against its
    neighbour.
    """
    for _ in range(_MAX_SEARCHES):
        found = [finding for finding in resolve(find_patterns(text)) if _is_hidden(text, finding, actions)]
        if not found:
            break
        if drop := next((finding.kind for finding in found if actions[finding.kind] == "drop"), None):
            return Redacted(text, drop)
        text = _replaced(text, found)
    return Redacted(text)


def _is_hidden(text: str, finding: Finding, actions: Mapping[str, Action]) -> bool:
    return actions[finding.kind] in ("redact", "drop") and not is_placeholder(text[finding.start : finding.end])


def _replaced(text: str, found: list[Finding]) -> str:
    parts, end = [], 0
    for finding in found:
        parts += [text[end : finding.start], kinds()[finding.kind].placeholder]
        end = finding.end
    return "".join([*parts, text[end:]])
