"""Arrow schemas in the words of Spark."""

import pyarrow as pa

_NAMES = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.binary(): "binary",
}


def ddl(schema: pa.Schema) -> str:
    """An Arrow schema as Spark's DDL."""
    return ", ".join(f"{field.name} {ddl_type(field.type)}" for field in schema)


def ddl_type(kind: pa.DataType) -> str:
    """Spark's name of an Arrow type."""
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'`{field.name}`: {ddl_type(field.type)}' for field in kind)}>"
    return f"array<{ddl_type(kind.value_type)}>" if pa.types.is_list(kind) else _NAMES[kind]
