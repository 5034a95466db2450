"""Find the passages that events name by their chunk ids: in the release that answered, or in the corpus of today."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from deltalake.exceptions import DeltaError

from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.errors import LakeError
from ragline.lake.lake import Lake
from ragline.lake.live_passages import PassageRef
from ragline.lake.publications import RELEASE, Publication, publications

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ShownPassage:
    """A passage's text, and where it came from."""

    text: str
    ref: PassageRef


@dataclass(frozen=True)
class Shown:
    """The passages that were found, by release and chunk id, and why others of a release were not (``reasons.NO_PAIR``)."""

    passages: Mapping[tuple[int, str], ShownPassage]
    missing: Mapping[int, str]


def find_shown(lake: Lake, wanted: Mapping[int, set[str]], chunks: Publication) -> Shown:
    """Look up chunk ids by the release that showed them.

    A chunk's id is made of its document and its text, so that what the published ``chunks`` have under an id is what was shown,
    whichever release that was.
    """
    releases = {publication.version: publication for publication in publications(lake, RELEASE)}
    today = _read(lake, chunks.version, int(chunks.inputs[DOCUMENTS.name]), {chunk for ids in wanted.values() for chunk in ids})
    found: dict[tuple[int, str], ShownPassage] = {}
    missing: dict[int, str] = {}
    for release, ids in wanted.items():
        pinned, missing[release] = _in_release(lake, releases.get(release), ids - today.keys())
        passages = today | pinned
        found |= {(release, chunk): passages[chunk] for chunk in ids if chunk in passages}
    return Shown(found, missing)


def _in_release(lake: Lake, release: Publication | None, ids: set[str]) -> tuple[dict[str, ShownPassage], str]:
    """The passages of the chunks that the release was made from, and why others are not there."""
    if release is None:
        return {}, "unknown_release"
    if not ids:
        return {}, "unknown_passage"
    try:
        return _read(lake, int(release.inputs[CHUNKS.name]), int(release.inputs[DOCUMENTS.name]), ids), "unknown_passage"
    except (LakeError, DeltaError, OSError) as error:
        log.info("Release %d cannot be looked into, its tables have expired: %s", release.version, error)
        return {}, "release_expired"


def _read(lake: Lake, chunks_version: int, documents_version: int, ids: set[str]) -> dict[str, ShownPassage]:
    asked = pa.array(sorted(ids), pa.string())
    counting = lake.read(CHUNKS, chunks_version, ["chunk_id", "doc_id", "text_hash"])
    rows = counting.filter(pc.is_in(counting["chunk_id"], asked)).to_pylist()
    # All texts of a corpus are not read for some: first which rows count, then the text of these.
    is_asked = pc.is_in(pc.field("chunk_id"), pa.array([row["chunk_id"] for row in rows], pa.string()))
    stored = lake.dataset(CHUNKS, chunks_version).to_table(["chunk_id", "text"], filter=is_asked)
    texts = dict(zip(stored["chunk_id"].to_pylist(), stored["text"].to_pylist(), strict=True))
    of_these = pc.is_in(pc.field("doc_id"), pa.array(sorted({row["doc_id"] for row in rows}), pa.string()))
    documents = lake.read(DOCUMENTS, documents_version, ["doc_id", "content_hash"], filter=of_these)
    contents = dict(zip(documents["doc_id"].to_pylist(), documents["content_hash"].to_pylist(), strict=True))
    return {row["chunk_id"]: ShownPassage(texts[row["chunk_id"]], _ref(row, contents)) for row in rows}


def _ref(row: Mapping[str, str], contents: Mapping[str, str]) -> PassageRef:
    return PassageRef(row["chunk_id"], row["doc_id"], row["text_hash"] or "", contents.get(row["doc_id"]) or "")
