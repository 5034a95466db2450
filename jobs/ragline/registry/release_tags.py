"""Names of the MLflow tags of a release. Tag values are strings; what is not text is JSON."""

# What the release was built from, set when it is registered.
RELEASE_FINGERPRINT = "ragline.release_fingerprint"
INPUTS = "ragline.inputs"
COUNTS = "ragline.counts"
BUILD_RUN = "ragline.run_id"
CREATED_AT = "ragline.created_at"
EMBEDDER_VERSION = "ragline.embedder_version"
EMBEDDER_FINGERPRINT = "ragline.embedder_fingerprint"

# The whole manifest of its bundle as JSON, from which a lost bundle can be built again. Releases of older versions lack it.
MANIFEST = "ragline.manifest"

# The release that it replaces, without the content of deleted documents.
REDACTED_FROM = "ragline.redacted_from"

# That it has expired, as JSON: when (``at``), why (``reason``), and by which release it was replaced (``replaced_by``), if any;
# and, once they are gone, that its artifacts were removed.
EXPIRED = "ragline.expired"
REMOVED = "ragline.expired.removed"

# Tags that say what a release is. All others say what became of it, and go over to a redacted build of it.
OF_THE_BUILD = frozenset(
    (RELEASE_FINGERPRINT, INPUTS, COUNTS, BUILD_RUN, CREATED_AT, EMBEDDER_VERSION, EMBEDDER_FINGERPRINT, MANIFEST)
    + (REDACTED_FROM, EXPIRED, REMOVED)
)

# How it was judged, set by its evaluation. VERDICT_CHAMPION is the release that it was compared with, or "".
VERDICT = "ragline.verdict"
VERDICT_CHAMPION = "ragline.verdict.champion"
VERDICT_REASON = "ragline.verdict.reason"
METRICS = "ragline.metrics"

# Why it was rolled back; removed when it serves again.
ROLLED_BACK = "ragline.rolled_back"

# Who rejected it when a person was asked, and why, as JSON (by, reason, event_id); removed when it serves.
REJECTED = "ragline.rejected"
