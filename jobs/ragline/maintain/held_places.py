"""Where the lake still holds something of a document: tables by their versions, and the files beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, TABLES, TOMBSTONES, Table
from ragline.lake.files import list_files, read_bytes
from ragline.lake.kept_releases import kept_releases
from ragline.lake.lake import Lake
from ragline.lake.landing import landed_files
from ragline.lake.publications import last_published
from ragline.lake.stored_files import StoredFile, stored_files
from ragline.maintain.expired_content import ExpiredContent, find_expired_content
from ragline.maintain.needed_rows import texts_in_use
from ragline.maintain.read_points import read_points
from ragline.maintain.rewrite import read_columns

_BESIDE = {"_runs": "run manifests", "_lineage": "lineage events", "_docs": "Data Docs", "_staging": "staging"}


@dataclass(frozen=True)
class HeldPlace:
    """A place that holds something of a document: ``where``, ``what``, and ``why`` it is still there. ``stays`` says when it goes
    if that is not with the document's deadline."""

    where: str
    what: str
    why: str
    stays: str = ""


def places_in_tables(lake: Lake, document: str) -> Iterator[HeldPlace]:
    """The tables and their versions, and the files of replaced versions that were not removed yet."""
    points = read_points(lake, datetime.now(UTC))
    wanted = pa.array([document], pa.string())
    content = find_expired_content(lake, wanted, texts_in_use(lake, points, wanted))
    yield from _tombstones(lake, document)
    for table in TABLES.values():
        columns = content.columns(table)
        if not columns or (newest := lake.snapshot(table)) is None:
            continue
        rows = _RowsOfFiles(lake, table, columns, content)
        numbers = sorted((number for number in points[table.name].versions if number < newest.version()), reverse=True)
        for number, delta in [(newest.version(), newest), *((number, lake.snapshot(table, number)) for number in numbers)]:
            if count := rows.count([] if delta is None else stored_files(delta)):
                why = _why(lake, table, number, newest.version())
                yield HeldPlace(f"table {table.name}, version {number}", f"{count:,} rows", why)
        if count := rows.count_others():
            yield HeldPlace(f"table {table.name}, replaced files", f"{count:,} rows", "they were replaced, and not removed yet")


class _RowsOfFiles:
    """How many rows of a table's files hold something of the document. Each file is read once."""

    def __init__(self, lake: Lake, table: Table, columns: Sequence[str], content: ExpiredContent) -> None:
        self._lake, self._table, self._columns, self._content = lake, table, columns, content
        self._known: dict[str, int] = {}

    def count(self, files: Sequence[StoredFile]) -> int:
        """In these files together."""
        for file in files:
            if file.path not in self._known:
                self._known[file.path] = self._read(file)
        return sum(self._known[file.path] for file in files)

    def count_others(self) -> int:
        """In the files of the table's folder that were not counted yet."""
        uri = self._lake.table_uri(self._table)
        names = [
            file.removeprefix(f"{uri}/") for file in list_files(uri) if file.endswith(".parquet") and "/_" not in file[len(uri) :]
        ]
        return self.count([StoredFile(name, 0, None, None) for name in names if name not in self._known])

    def _read(self, file: StoredFile) -> int:
        try:
            batches = read_columns(self._table, self._lake.table_uri(self._table), file, self._columns)
            return sum(int(self._content.held_by(self._table, batch).sum()) for batch in batches)
        except FileNotFoundError:  # a vacuum has removed it
            return 0


def _why(lake: Lake, table: Table, number: int, newest: int) -> str:
    if number == newest:
        return "the newest version"
    pinning = [str(release.version) for release in kept_releases(lake) if release.inputs.get(table.name) == number]
    if pinning:
        return f"release {', '.join(dict.fromkeys(pinning))} was built from it"
    published = last_published(lake, table.name)
    if published is not None and published.version == number:
        return "the version published last"
    return "what is published, or a stage, was made from it"


def _tombstones(lake: Lake, document: str) -> Iterator[HeldPlace]:
    rows = lake.read(TOMBSTONES, columns=["doc_id"], filter=pc.field("doc_id") == document).num_rows
    if rows:
        yield HeldPlace(
            f"table {TOMBSTONES.name}",
            f"{rows:,} rows",
            "they say that it was deleted, by its number alone",
            "when no kept release is older and nothing else of it is left",
        )


def places_beside_tables(lake: Lake, words: Sequence[str]) -> Iterator[HeldPlace]:
    """The files beside the tables that name the document by one of these words: its number, its id at its source, its title."""
    wanted = [word.encode() for word in words]
    for folder, what in _BESIDE.items():
        files = [uri for uri in list_files(f"{lake.uri}/{folder}") if any(word in (read_bytes(uri) or b"") for word in wanted)]
        if files:
            shown = ", ".join(uri.removeprefix(f"{lake.uri}/") for uri in files[:3]) + (" …" if len(files) > 3 else "")
            yield HeldPlace(what, f"{len(files):,} files ({shown})", "they name it", "with the age of such files")


def places_in_landing(lake: Lake, landing: str, document: str) -> Iterator[HeldPlace]:
    """The landing files whose events name passages of the document, with what users asked."""
    chunks = lake.dataset(CHUNKS).to_table(columns=["chunk_id"], filter=pc.field("doc_id") == document)["chunk_id"]
    wanted = [chunk.encode() for chunk in chunks.unique().to_pylist() if chunk]
    files = [uri for uri in sorted(landed_files(landing)) if any(chunk in (read_bytes(uri) or b"") for chunk in wanted)]
    if files:
        shown = ", ".join(uri.rsplit("/", 1)[-1] for uri in files[:3]) + (" …" if len(files) > 3 else "")
        stays = "when nobody has touched them for retention.deleted days after they were read"
        yield HeldPlace("feedback.landing", f"{len(files):,} files ({shown})", "events name its passages", stays)
