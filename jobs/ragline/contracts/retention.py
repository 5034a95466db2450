"""What a table's contract says about retention: whose content it holds, by which key, and what keeps its rows."""

from dataclasses import dataclass
from enum import StrEnum


class Of(StrEnum):
    """Whose content a row is, which says how the rows of a deleted document are found and when they go."""

    DOCUMENT = "document"
    """A document's: ``key`` columns hold its ``doc_id`` (one id, or a list of them)."""

    ITEM = "item"
    """The same, of something that its source may still list although it is no document now: the row that counts stays then."""

    CHUNK = "chunk"
    """Of the documents whose passages it names: ``key`` columns hold chunk ids."""

    TEXT = "text"
    """Derived from a text and shared by all documents that hold it: ``key`` columns hold the hash of an encoder input. It goes
    when no live chunk and no kept release has that text."""

    NORMAL_TEXT = "normal text"
    """The same by the hash of a normalised text, as document state and chunk state hold it."""

    DELETION = "deletion"
    """Says that a document is gone. It goes when no kept release is older than it and the document's rows are gone everywhere."""

    HISTORY = "history"
    """Nobody's: what the line did. It stays."""


@dataclass(frozen=True)
class Retention:
    """Every string column of a table is named once: ``content`` or ``plain``, and what rows are found by in ``key`` too.

    ``content``: what documents, their names and places, or people wrote. Such columns have no statistics in the table's log.
    ``plain``: ids, hashes, names out of the configuration or the code.
    ``read_by``: who reads what changed since a version: tables whose commits name, in their inputs, the version of this table
    that they were made from; ``published`` (the gate compares with the version published last) and ``release``. A deletion
    marker stays until all of them have read it.
    """

    of: Of
    key: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
