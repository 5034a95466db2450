"""All migrations, in order. A new one is a file beside this one and an entry at the end of the list.

A column that is added needs none: readers give nulls where a version lacks it, and ``Lake.ensure`` adds it. Everything else
that changes tables which exist (a name, a column's name, type or meaning) does.
"""

from ragline.lake.migrations.m0001_state_tables import STATE_TABLES
from ragline.lake.migrations.migration import Migration

MIGRATIONS: tuple[Migration, ...] = (STATE_TABLES,)
