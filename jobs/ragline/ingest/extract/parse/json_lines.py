"""JSON Lines: one record after the other, each as JSON is read, with an empty line between."""

from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.decoding import decode_exactly
from ragline.ingest.extract.parse.json_text import lines_of, loads
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.item import ItemRefused


def parse(content: bytes, charset: str | None = None) -> Parsed:
    """The records of a JSON Lines document. A line that is not JSON refuses the whole, by its number."""
    records = []
    for number, line in enumerate(decode_exactly(content, charset).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append("\n".join(lines_of(loads(line))))
        except ItemRefused as refused:
            raise ItemRefused(refused.reason, f"Line {number:,}: {refused.message}") from refused
    return Parsed("", tidy(clean_text("\n\n".join(records))), {"records": len(records)})
