"""Exact copies: which document stands for the others of its kind."""

import hashlib
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

METHOD = "exact"


def normal_hash(text: str, tenant: str, access_labels: Iterable[str]) -> str:
    """What exact copies share: 32 hex digits over the normalised text, case-folded and single-spaced; "" for a blank text.

    Tenant and access labels are part of it: a copy that other people may read cannot stand for this one.
    """
    words = text.casefold().split()
    if not words:
        return ""
    scope = "\0".join([tenant, *sorted(access_labels)])
    return hashlib.sha256("\0\0".join([scope, " ".join(words)]).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def choose_originals(documents: pa.Table) -> pa.Table:
    """``doc_id, normal_hash`` → the same with ``kept_id``: of the documents with one hash, the smallest ``doc_id``.

    The order is total and looks at nothing else, so that it does not matter when a document came.
    Blank documents (hash "") are nobody's copy.
    """
    text = documents.filter(pc.not_equal(documents["normal_hash"], ""))
    blank = documents.filter(pc.equal(documents["normal_hash"], ""))
    originals = text.group_by("normal_hash").aggregate([("doc_id", "min")]).rename_columns(["normal_hash", "kept_id"])
    joined = text.join(originals, "normal_hash", join_type="inner").select(["doc_id", "normal_hash", "kept_id"])
    return pa.concat_tables([joined, blank.append_column("kept_id", blank["doc_id"])])
