"""Refuse to delete much at once: a half-mounted share, or a source that got another name, must not erase a corpus.

Asked of everything that is staged, just before it is committed: only then is it known what the new items hold, and a document
whose content arrives under another id, in this source or in another one, has moved and is not missing. What is missing of a
source is what its listing lacks; documents whose items are there and became unreadable are not.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.ingest.sync.effects import CHANGED, DELETED, NEW, RESOLVED, SAME
from ragline.ingest.sync.staged import Staged
from ragline.lake.large_columns import is_among


@dataclass(frozen=True)
class Loss:
    """What one source would lose: ``missing`` of the ``known`` documents that the lake holds of it.

    ``is_removed``: it is not configured any more.
    """

    source: str
    known: int
    missing: int
    is_removed: bool = False

    def is_too_large(self, max_share: float) -> bool:
        """Whether somebody has to allow it: it is more than a share, or all that there was."""
        return self.missing > 0 and (self.missing == self.known or self.missing / self.known > max_share)

    def explain(self, max_share: float) -> str:
        """What is wrong, and what to do if it is not."""
        who = f"Source {self.source!r}" + (" is not configured any more" if self.is_removed else "")
        share = f"{self.missing / self.known:.0%}, and ingest.max_deleted_share is {max_share:.0%}"
        renamed = " If it has another name now, that one has to be read in the same run." if self.is_removed else ""
        return (
            f"{who}: {self.missing:,} of the {self.known:,} documents known from it are missing ({share}). Nothing of it was "
            f"changed.{renamed} If they are meant to go, run again with --allow-mass-delete."
        )


def refused_deletions(staged: Sequence[Staged], max_share: float) -> dict[str, str]:
    """Why sources must not be committed, by name. What is refused brings nothing, so that nothing has moved there either."""
    refused: dict[str, str] = {}
    while found := _too_large([source for source in staged if source.source not in refused], max_share):
        refused |= {loss.source: loss.explain(max_share) for loss in found}
    return refused


def _too_large(staged: Sequence[Staged], max_share: float) -> list[Loss]:
    suspects = [source for source in staged if _loss(source).is_too_large(max_share)]
    if not suspects:  # as a rule
        return []
    arrived: Counter[str] = Counter()
    for source in staged:
        arrived.update(source.effects.filter(pc.equal(source.effects["effect"], NEW))["content_hash"].to_pylist())
    del arrived[""]
    return [loss for source in suspects if (loss := _loss(source, arrived)).is_too_large(max_share)]


def _loss(staged: Staged, arrived: Counter[str] | None = None) -> Loss:
    """What a source loses. What of it has arrived elsewhere is taken out of ``arrived``: it cannot make up for anything else."""
    effects = staged.effects
    missing = _missing(effects)
    moved: Counter[str] = Counter()
    if arrived:
        moved = Counter(missing["content_hash"].to_pylist()) & arrived
        arrived.subtract(moved)
    was_there = pc.sum(pc.is_in(effects["effect"], pa.array([CHANGED, SAME, DELETED]))).as_py() or 0
    return Loss(staged.source, staged.unchanged + was_there, missing.num_rows - moved.total(), staged.is_removed)


def _missing(effects: pa.Table) -> pa.Table:
    """The deletions of documents whose item is not listed any more: nothing else is known of it."""
    only_ends = pc.is_in(effects["effect"], pa.array([DELETED, RESOLVED]))
    is_listed = is_among(effects["item"], effects["item"].filter(pc.invert(only_ends)))
    return effects.filter(pc.and_(pc.equal(effects["effect"], DELETED), pc.invert(is_listed)))
