"""Look for a word in every file of a project, whatever its format: what is compressed or encoded is opened first."""

import gzip
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import tantivy

from ragline.contracts.release_manifest import read_release_manifest
from ragline.retrieval.lexical import open_lexical_index


def files_with(folder: Path, word: str) -> list[Path]:
    """The files below a folder that hold the word, in any case, in their name or in what they are opened to."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and holds(file, word))


def holds(file: Path, word: str) -> bool:
    """Whether a file holds the word: as bytes, also in freed pages, or in what its format encodes."""
    wanted = word.lower()
    if wanted in file.name.lower() or wanted.encode() in file.read_bytes().lower():
        return True
    return any(wanted in text.lower() for text in _decoded(file, wanted))


def _decoded(file: Path, wanted: str) -> Iterator[str]:
    if file.suffix == ".parquet":
        yield str(pq.read_metadata(file).to_dict())
        yield from _values(pq.ParquetFile(file).read())
    elif file.suffix == ".arrow":
        yield from _values(pa.ipc.open_file(file).read_all())
    elif file.suffix == ".gz":
        yield gzip.decompress(file.read_bytes()).decode(errors="replace")
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.namelist():
                yield f"{member} {archive.read(member).decode(errors='replace')}"
    elif file.suffix == ".db":
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            yield from database.iterdump()
    elif file.name == "meta.json" and file.parent.name == "lexical":
        yield from _terms(file.parent, wanted)


def _values(table: pa.Table) -> Iterator[str]:
    for name in table.column_names:
        column = table[name]
        if not pa.types.is_floating(column.type):
            yield f"{name} {column.to_pylist()}"


def _terms(index: Path, wanted: str) -> Iterator[str]:
    """The word, if the index knows a term that begins with it. Terms are stored without their common beginnings, so they are not
    to be found as bytes."""
    spec = read_release_manifest((index.parent / "manifest.json").read_bytes()).spec.lexical
    opened = open_lexical_index(index, spec)
    query = tantivy.Query.regex_query(opened.schema, "text", f"{wanted}.*")
    if opened.searcher.search(query, 1).hits:
        yield wanted
