"""Cut the items to extract into shares, one for each task."""

import pyarrow as pa
import pyarrow.compute as pc

# What an item costs however small it is, in bytes of one that is read.
_COST_OF_AN_ITEM = 4096


def split_by_size(to_extract: pa.Table, tasks: int) -> list[pa.Table]:
    """At most ``tasks`` shares of about as many bytes, in the order of the listing: sources read neighbours together."""
    average = int(pc.mean(to_extract["size"]).as_py() or 1)
    costs = [size + _COST_OF_AN_ITEM for size in pc.fill_null(to_extract["size"], average).to_pylist()]
    target = sum(costs) / tasks
    shares, start, held = [], 0, 0
    for row, cost in enumerate(costs):
        # An item that would go more than half its cost beyond the target begins the next share.
        if held and held + cost / 2 > target:
            shares.append(to_extract.slice(start, row - start))
            start, held = row, 0
        held += cost
    return [*shares, to_extract.slice(start)]
