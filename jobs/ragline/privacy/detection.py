"""Find personal data by patterns, and decide between findings that overlap."""

from collections.abc import Iterable, Iterator

from ragline.privacy.finding import Finding
from ragline.privacy.kind import kinds
from ragline.privacy.searched_text import SearchedText


def find_patterns(text: str) -> Iterator[Finding]:
    """What every detector finds; may overlap."""
    searched = SearchedText(text)
    for kind in kinds().values():
        if kind.detector:
            yield from kind.detector(searched)


def resolve(findings: Iterable[Finding]) -> list[Finding]:
    """In order and without overlaps: of two that overlap the surer kind wins, of one kind the longer, then the first."""
    known = kinds()

    def strength(finding: Finding) -> tuple[int, int]:
        return -known[finding.kind].rank, finding.end - finding.start

    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        while kept and kept[-1].end > finding.start:
            if strength(kept[-1]) >= strength(finding):
                break
            kept.pop()
        else:
            kept.append(finding)
    return kept
