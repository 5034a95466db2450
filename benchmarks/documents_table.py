"""Documents straight into a lake's ``documents`` table, in files as ingest writes them, and published."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from deltalake.transaction import AddAction

from ragline.contracts.fingerprints import content_hash, doc_id
from ragline.contracts.tables import DOCUMENTS
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.part_files import PartFile
from ragline.lake.publications import Publication, publish

SOURCE = "corpus"


def write_documents(lake: Lake, files: Sequence[Iterable[Mapping[str, str]]], run_id: str) -> int:
    """Commit documents (``id, title, text``), one Parquet file for each of ``files``, and publish the new version."""
    base = lake.ensure(DOCUMENTS)
    written = [_part(lake, base + 1, documents) for documents in files]
    version = lake.write_files(DOCUMENTS, [action for action in written if action], Commit(run_id, run_id), base)
    publish(lake, Publication(DOCUMENTS.name, version, run_id))
    return version


def read_lines(file: Path) -> Iterator[dict[str, str]]:
    """The objects of a JSONL file."""
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def stored_id(name: str) -> str:
    """The ``doc_id`` of a document."""
    return doc_id(SOURCE, name)


def _part(lake: Lake, seq: int, documents: Iterable[Mapping[str, str]]) -> AddAction | None:
    part = PartFile(DOCUMENTS, lake.table_uri(DOCUMENTS), seq)
    rows = map(_row, documents)
    while some := list(islice(rows, 100)):
        part.add(some)
    return part.close()


def _row(document: Mapping[str, str]) -> dict[str, object]:
    return {
        "doc_id": stored_id(document["id"]),
        "source": SOURCE,
        "source_id": document["id"],
        "uri": f"corpus/{document['id']}.md",
        "media_type": "text/markdown",
        "content_hash": content_hash(document["text"].encode()),
        "metadata_hash": "",
        "title": document["title"],
        "text": document["text"],
        "metadata": "{}",
        "access_labels": [],
        "tenant": "",
        "deleted": False,
    }
