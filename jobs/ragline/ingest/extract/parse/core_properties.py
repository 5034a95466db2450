"""The properties in an Office Open XML package (``docProps/core.xml``)."""

import io
import zipfile

from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.extract.parse.dates import iso_date
from ragline.ingest.extract.parse.safe_xml import parse_xml

_PART = "docProps/core.xml"
_LARGEST = 100_000


def core_properties(content: bytes) -> dict[str, object]:
    """Authors, dates, subject, keywords, language; what is missing is left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if _PART not in package.namelist() or package.getinfo(_PART).file_size > _LARGEST:
            return {}
        root = parse_xml(package.read(_PART))
    found = {str(element.tag).rpartition("}")[2]: clean_text(element.text or "").strip() for element in root if element.text}
    properties = {
        "authors": [found["creator"]] if found.get("creator") else [],
        "created": iso_date(found.get("created")),
        "modified": iso_date(found.get("modified")),
        "language": found.get("language"),
        "subject": found.get("subject"),
        "keywords": [word.strip() for word in found.get("keywords", "").replace(";", ",").split(",") if word.strip()],
    }
    return {name: value for name, value in properties.items() if value}
