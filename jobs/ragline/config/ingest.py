"""The configuration of ``ingest``."""

from typing import Annotated

from pydantic import Field

from ragline.config.section import Positive, Section
from ragline.config.text_settings import CannotChangeText


class ParseLimits(Section):
    """What parsing one item may use before it is stopped and the item goes to quarantine.

    ``seconds`` bounds each document, ``archive_seconds`` all that are in one archive or mail.
    """

    seconds: Annotated[float, Field(gt=0)] = 60
    archive_seconds: Annotated[float, Field(gt=0)] = 600
    memory_mb: Annotated[int, Field(ge=128)] = 1536
    text_mb: Positive = 50
    archive_members: Positive = 10_000
    archive_mb: Positive = 500
    archive_depth: Annotated[int, Field(ge=0)] = 3


class OcrSettings(Section):
    """Text recognition for scanned pages; needs the program ``tesseract``. Without it they go to quarantine (``needs_ocr``)."""

    enabled: bool = False
    languages: list[str] = ["eng"]


class IngestSettings(Section):
    """From sources to documents.

    ``max_deleted_share``: where more of the documents known from a source are missing, nothing of it is changed.
    """

    max_deleted_share: Annotated[float, Field(ge=0, le=1), CannotChangeText("it only stops runs")] = 0.3
    limits: Annotated[
        ParseLimits, CannotChangeText("an item over a limit is refused whole, and tried again when a limit changes")
    ] = ParseLimits()
    ocr: OcrSettings = OcrSettings()
