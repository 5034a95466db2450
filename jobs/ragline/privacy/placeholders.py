"""What stands in a text for personal data that was hidden."""

from functools import cache

from ragline.privacy.kind import kinds


def is_placeholder(value: str) -> bool:
    """Whether a text is what stands for something hidden."""
    return value in _placeholders() or f"[{value}]" in _placeholders()


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(kind.placeholder for kind in kinds().values())
