"""What a detector finds in a text, as the strings themselves."""

from collections.abc import Callable, Iterator

from ragline.privacy.detection import find_patterns, resolve
from ragline.privacy.finding import Finding
from ragline.privacy.searched_text import SearchedText

Detector = Callable[[SearchedText], Iterator[Finding]]


def found_by(detector: Detector, text: str) -> list[str]:
    return [text[finding.start : finding.end] for finding in detector(SearchedText(text))]


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.kind, text[finding.start : finding.end]) for finding in resolve(find_patterns(text))]
