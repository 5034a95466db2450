"""Every table says what it holds of whom: a column that is added has to be declared, too."""

import pyarrow as pa
import pytest

from ragline.contracts.retention import Of
from ragline.contracts.tables import APPLIED_MIGRATIONS, TABLES

EVERY_TABLE = [*TABLES.values(), APPLIED_MIGRATIONS]


def holds_strings(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind.value_type if pa.types.is_list(kind) else kind)


@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.name)
def test_every_string_column_is_declared_once(table):
    declared = [*table.retention.content, *table.retention.plain]
    strings = {field.name for field in table.schema if holds_strings(field.type)}
    assert len(declared) == len(set(declared))
    assert strings <= set(declared)
    assert set(declared) <= set(table.schema.names)


@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.name)
def test_what_holds_content_says_by_which_key_it_is_found(table):
    retention = table.retention
    assert bool(retention.key) == (retention.of is not Of.HISTORY)
    assert set(retention.key) <= set(retention.plain)
    assert set(retention.read_by) <= {*TABLES, "release"}
