"""Put placeholders where personal data was, and keep track of what else was found around them."""

from bisect import bisect_right

from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.privacy.context import BLANK_LINE
from ragline.privacy.finding import Finding
from ragline.privacy.kind import kinds

Region = tuple[int, int]


def hide(cleaned: CleanedText, noted: list[Finding], hidden: list[Finding]) -> tuple[CleanedText, list[Finding], list[Finding]]:
    """The text with placeholders for ``hidden``; everything noted, where it is now; and the new placeholders alone.

    ``noted`` and ``hidden`` are in order. What was noted inside of what is hidden now goes with it.
    """
    moved: list[Finding] = []
    placed: list[Finding] = []
    shift = following = 0
    for kind, start, end in hidden:
        while following < len(noted) and noted[following].start < start:
            moved.append(_shifted(noted[following], shift))
            following += 1
        while following < len(noted) and noted[following].start < end:
            following += 1
        placed.append(Finding(kind, start + shift, start + shift + len(kinds()[kind].placeholder)))
        moved.append(placed[-1])
        shift += len(kinds()[kind].placeholder) - (end - start)
    moved += (_shifted(finding, shift) for finding in noted[following:])
    return cleaned.edit((start, end, kinds()[kind].placeholder) for kind, start, end in hidden), moved, placed


def paragraphs_of(text: str, placed: list[Finding]) -> list[Region]:
    """The paragraphs that hold new placeholders."""
    regions: list[Region] = []
    for _, start, end in placed:
        if not regions or start >= regions[-1][1]:
            close = text.find(BLANK_LINE, end)
            regions.append((max(text.rfind(BLANK_LINE, 0, start), 0), close if close >= 0 else len(text)))
    return regions


def outside(findings: list[Finding], regions: list[Region]) -> list[Finding]:
    """Those that are in none of the regions."""
    return [finding for finding in findings if not _inside(finding, regions)]


def _inside(finding: Finding, regions: list[Region]) -> bool:
    i = bisect_right(regions, finding.start, key=lambda region: region[0]) - 1
    return i >= 0 and finding.end <= regions[i][1]


def _shifted(finding: Finding, by: int) -> Finding:
    return Finding(finding.kind, finding.start + by, finding.end + by)
