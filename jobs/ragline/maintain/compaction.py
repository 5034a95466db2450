"""Many small files of a table into few large ones."""

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, PostCommitHookProperties

MANY = 16
SMALL_BYTES = 16 * 1024 * 1024


def needs_compaction(delta: DeltaTable) -> bool:
    """Whether the table has many small files."""
    sizes = pa.table(delta.get_add_actions(flatten=True))["size_bytes"]
    return (pc.sum(pc.less(sizes, SMALL_BYTES)).as_py() or 0) >= MANY


def compact(delta: DeltaTable) -> int:
    """Rewrite small files together, rows unchanged; return how many files were replaced."""
    # The log must not lose old entries here: they say what each version was made from.
    keep_log = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
    metrics = delta.optimize.compact(post_commithook_properties=keep_log)
    return int(metrics["numFilesRemoved"])
