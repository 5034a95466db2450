"""How far a chunked corpus is from the one that was promoted."""

from collections.abc import Mapping

from ragline.gates.baseline import Baseline
from ragline.gates.shares import UNDETERMINED

_SHARES = (
    *("lost_share", "copied_share", "empty_share", "overlapped_share", "rejected_share"),
    *("copied_chunks_share", "unknown_language_share"),
)
# What another configuration is meant to change says nothing when it did.
_MEANS = ("mean_tokens", "chunks_per_document")


def drift(
    now: Mapping[str, float], languages: Mapping[str, int], before: Baseline | None, fingerprint: str
) -> dict[str, float | None]:
    """Facts: of each share its difference (``lost_share_change``: .05 is five documents in a hundred more than before); of each
    mean its relative change, if the configuration (``fingerprint``) is still the same; ``language_change``: the share of chunks
    that are in another language than before (total variation distance of the two distributions, chunks of no known
    language left out); ``documents_before``. None: not measured.
    """
    changes: dict[str, float | None] = {f"{name}_change": None for name in (*_SHARES, *_MEANS)}
    if before is None:
        return {**changes, "language_change": None, "documents_before": 0}
    for name in _SHARES:
        if (old := before.values.get(name)) is not None:
            changes[f"{name}_change"] = round(now[name] - old, 6)
    for name in _MEANS:
        if fingerprint == before.fingerprint and (old := before.values.get(name)):
            changes[f"{name}_change"] = round(now[name] / old - 1, 6)
    moved = _distance(languages, before.languages)
    return {**changes, "language_change": moved, "documents_before": int(before.values.get("documents", 0))}


def _distance(now: Mapping[str, int], before: Mapping[str, int]) -> float | None:
    known = [{name: number for name, number in side.items() if name not in ("", UNDETERMINED)} for side in (now, before)]
    totals = [sum(side.values()) for side in known]
    if not all(totals):
        return None
    one, two = ({name: number / total for name, number in side.items()} for side, total in zip(known, totals, strict=True))
    return round(sum(abs(one.get(name, 0) - two.get(name, 0)) for name in {*one, *two}) / 2, 6)
