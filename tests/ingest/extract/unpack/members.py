"""Two members of an archive, and what becomes of each part."""

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest


def outcomes(content: bytes, name: str = "a", **limits) -> dict[str, str]:
    """Each part's name with its text, or its reason in angle brackets."""
    parts = extract(ParseRequest(content, name), ParseLimits(**limits))
    assert len({part.name for part in parts}) == len(parts)
    return {part.name: f"<{part.refusal.reason}>" if part.refusal else part.parsed.text for part in parts}


MEMBERS = {"notes/a.md": b"# A\n", "b.txt": b"Words.\n"}


READ = {"notes/a.md": "# A\n", "b.txt": "Words.\n"}
