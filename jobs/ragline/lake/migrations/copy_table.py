"""A table under a new name, with all its versions."""

from ragline.errors import LakeError
from ragline.lake.files import copy_missing_files, list_files
from ragline.lake.lake import Lake


def copy_table(lake: Lake, old: str, new: str) -> bool:
    """Give a table a second name; return whether there was one under the old name.

    A Delta table's log names its files by their paths below the table's folder. So the copy of a folder, log and all, is the
    same table: the same versions, commits with their keys and inputs, and ``seq`` of rows.
    """
    source, target = f"{lake.uri}/{old}", f"{lake.uri}/{new}"
    if not list_files(f"{source}/_delta_log"):
        return False
    try:
        copy_missing_files(source, target)
    except OSError as error:
        raise LakeError(f"Cannot copy table {old} to {new} in {lake.uri}: {error}") from error
    return True
