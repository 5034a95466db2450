"""What a staged run does to each document: the record from which it is counted, and decided again when the lake has moved on."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from ragline.lake.large_columns import is_among

# A document that the lake did not have, has otherwise, or has as it is; one that goes; a refusal; a refusal that ends; a part
# that stays as it is while its item gets another marker.
NEW, CHANGED, SAME, DELETED, REFUSED, RESOLVED, KEPT = "new", "changed", "same", "deleted", "refused", "resolved", "kept"

# ``item``: the doc_id of the item that the document or refusal is of. ``is_reread``: the listing says of that item what the lake
# says of it, so that it was only read again.
EFFECTS = pa.schema(
    [
        ("item", pa.string()),
        ("doc_id", pa.string()),
        ("effect", pa.string()),
        ("content_hash", pa.string()),
        ("reason", pa.string()),
        ("is_reread", pa.bool_()),
    ]
)

COUNTED = ("new", "changed", "moved", "deleted", "unchanged", "quarantined")


@dataclass
class EffectColumns:
    """Effects as they are found out, column by column: there may be one for each document of a corpus."""

    rereads: Collection[str]
    columns: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in EFFECTS.names[:-1]})

    def add(self, item: str, doc_id: str, effect: str, content_hash: str = "", reason: str = "") -> None:
        """One more."""
        for name, value in zip(self.columns, (item, doc_id, effect, content_hash, reason), strict=True):
            self.columns[name].append(value)

    def table(self) -> pa.Table:
        """All of them (``EFFECTS``)."""
        items, rereads = (pa.array(list(ids), pa.large_string()) for ids in (self.columns["item"], self.rereads))
        return pa.table({**self.columns, "is_reread": is_among(items, rereads)}, schema=EFFECTS)


def counted(effects: pa.Table, unchanged: int, refusals: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """The numbers of ``COUNTED`` and the refusals by reason: those of the effects, on top of what no effect touches."""
    kinds = Counter(effects["effect"].to_pylist())
    gone, new = (Counter(_of(effects, kind)["content_hash"].to_pylist()) for kind in (DELETED, NEW))
    moved = (gone & new).total()  # one that is gone and a new one with the same content, in one source
    drops = Counter(refusals) + Counter(_of(effects, REFUSED)["reason"].to_pylist())
    numbers = (
        kinds[NEW] - moved,
        kinds[CHANGED],
        moved,
        kinds[DELETED] - moved,
        unchanged + kinds[SAME],
        drops.total(),
    )
    return dict(zip(COUNTED, numbers, strict=True)), dict(drops)


def _of(effects: pa.Table, kind: str) -> pa.Table:
    return effects.filter(pc.equal(effects["effect"], kind))
