"""What extract tasks report to the driver: ids, hashes and the names of the files that they wrote, never content."""

import pyarrow as pa

from ragline.lake.file_rows import FILE

# An item was parsed or refused; its bytes are those of the last time; its bytes cannot be had now, so that nothing can be
# concluded about what it holds.
EXTRACTED, UNCHANGED, UNAVAILABLE = "extracted", "unchanged", "unavailable"

# A part is a document, or has the reason of its refusal. ``written`` is false where the lake holds that very row already.
PART = pa.struct(
    [
        ("doc_id", pa.string()),
        ("row_hash", pa.string()),
        ("content_hash", pa.string()),
        ("reason", pa.string()),
        ("written", pa.bool_()),
    ]
)
# One row per item; then one per file, where ``doc_id`` is null and ``file`` is not.
RESULTS = pa.schema(
    [
        ("doc_id", pa.string()),
        ("status", pa.string()),
        ("change_marker", pa.string()),  # of what was read, which may be later than what was listed
        ("content_hash", pa.string()),
        ("settings_hash", pa.string()),
        ("bytes_read", pa.int64()),
        ("parts", pa.list_(PART)),
        ("file", pa.struct([("table", pa.string()), *FILE])),
    ]
)
