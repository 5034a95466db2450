"""Parquet: records in row groups, of which only the mapped columns are read."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import IO

from pyarrow.parquet import ParquetFile

from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.records.fields import Record
from ragline.ingest.records.table_format import LocatedRecord

_ROWS = 256


@dataclass(frozen=True)
class Parquet:
    """A locator is ``row group:row``. ``wanted`` columns are read where they are there, ``needed`` ones must be."""

    needed: tuple[str, ...]
    wanted: tuple[str, ...]

    def scan(self, stream: IO[bytes]) -> Iterator[LocatedRecord]:
        """Records in the order of the file."""
        file = self._file(stream)
        for group in range(file.num_row_groups):
            for row, record in self._rows(file, group):
                yield _located(group, row, record)

    def find(self, stream: IO[bytes], items: Iterable[Item]) -> Iterator[tuple[Item, LocatedRecord]]:
        """One pass over a row group for all items that follow each other in it."""
        file = self._file(stream)
        for group, members in groupby(items, lambda item: int(item.locator.partition(":")[0])):
            by_row: dict[int, list[Item]] = {}
            for item in members:
                by_row.setdefault(int(item.locator.partition(":")[2]), []).append(item)
            yield from self._in_group(file, group, by_row)

    def _in_group(self, file: ParquetFile, group: int, by_row: dict[int, list[Item]]) -> Iterator[tuple[Item, LocatedRecord]]:
        rows = self._rows(file, group) if group < file.num_row_groups else iter(())
        for row, record in rows:
            for item in by_row.pop(row, ()):
                yield item, _located(group, row, record)
            if not by_row:
                return
        for item in (item for items in by_row.values() for item in items):
            yield (
                item,
                LocatedRecord("", item.locator, "", ItemRefused("changed_while_read", "the file has no such row any more.")),
            )

    def _rows(self, file: ParquetFile, group: int) -> Iterator[tuple[int, Record]]:
        names = set(file.schema_arrow.names)
        columns = [name for name in self.wanted if name in names]
        number = 0
        for batch in file.iter_batches(_ROWS, row_groups=[group], columns=columns, use_threads=False):
            for record in batch.to_pylist():
                yield number, record
                number += 1

    def _file(self, stream: IO[bytes]) -> ParquetFile:
        file = ParquetFile(stream)
        names = file.schema_arrow.names
        if missing := [name for name in self.needed if name not in names]:
            raise ValueError(f"it has no column {missing[0]!r}; it has: {', '.join(names)}")
        return file


def _located(group: int, row: int, record: Record) -> LocatedRecord:
    marker = hashlib.sha256(json.dumps(record, sort_keys=True, default=repr).encode()).hexdigest()[:16]
    return LocatedRecord(f"row {row} of row group {group}", f"{group}:{row}", marker, record)
