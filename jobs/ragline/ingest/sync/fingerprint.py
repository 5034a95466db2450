"""Fingerprints of what is configured about ingest: of a whole pipeline for its commits, of one source for its items."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragline.config.settings import Settings
from ragline.config.sources import SourceSettings
from ragline.config.text_settings import text_settings
from ragline.contracts.fingerprints import fingerprint
from ragline.ingest.extract.parse.media_types import IMAGES, PDF
from ragline.ingest.extract.part import Part
from ragline.ingest.extract.revision import PARSER_REVISION
from ragline.ingest.source import Source

# The fingerprints of commits begin so since items have a hash of their settings.
_SINCE_ITEM_HASHES = "items-"
_SEEN_BY_RECOGNITION = {PDF, *IMAGES}
# What was configurable before that, and so was part of the fingerprint of a commit.
_EARLIER_SOURCE = {"name", "type", "tenant", "access_labels"}
_EARLIER_INGEST: Any = {
    "max_deleted_share": True,
    "limits": {"seconds", "archive_seconds", "memory_mb", "text_mb", "archive_members", "archive_mb", "archive_depth"},
    "ocr": {"enabled", "languages"},
}


@dataclass(frozen=True)
class SettingsHashes:
    """What ``items.settings_hash`` is for the items of one source, as it is configured now.

    Attributes:
        plain: of an item that text recognition has nothing to do with.
        recognised: of an item with a PDF or an image in it, which recognition has read or would read.
        refused: of an item with a part that was refused: covers limits, too, so that it is tried again when one changes.
    """

    plain: str
    recognised: str
    refused: str

    @property
    def current(self) -> list[str]:
        """An item is as the settings make it if its hash is one of these."""
        return [self.plain, self.recognised, self.refused]

    def of(self, parts: Sequence[Part]) -> str:
        """The hash of an item of which these parts came."""
        if any(part.refusal is not None for part in parts):
            return self.refused
        return self.recognised if any(part.media_type in _SEEN_BY_RECOGNITION for part in parts) else self.plain


def settings_hashes(settings: Settings, source: Source[Any]) -> SettingsHashes:
    """The hashes of a configured source.

    Raises:
        ConfigError: the source's place is in an environment variable that is not set.
    """
    configured = next(one for one in settings.sources if one.name == source.name)
    of_every_type = {name: value for name, value in text_settings(configured).items() if name in SourceSettings.model_fields}
    of_ingest = {name: value for name, value in text_settings(settings.ingest).items() if name != "ocr"}
    plain = {"source": {**of_every_type, **source.text_settings()}, "ingest": of_ingest}
    recognised = {**plain, "ocr": _recognition(settings)}
    limits = settings.ingest.limits.model_dump(mode="json")
    refused = {**recognised, "configured": configured.model_dump(mode="json", exclude={"withdraw"}), "limits": limits}
    return SettingsHashes(fingerprint(plain), fingerprint(recognised), fingerprint(refused))


def _recognition(settings: Settings) -> dict[str, Any]:
    """How text is recognised; while it is off, its other settings change nothing."""
    ocr = settings.ingest.ocr
    return {**text_settings(ocr), "installed": shutil.which("tesseract") is not None} if ocr.enabled else {}


def ingest_fingerprint(settings: Settings) -> str:
    """A hash of the sources' configuration, the limits of parsing and the parsers' revision."""
    # What searches hide says nothing of what a document is.
    sources = [source.model_dump(mode="json", exclude={"withdraw"}) for source in settings.sources]
    ingest = settings.ingest.model_dump(mode="json")
    return _SINCE_ITEM_HASHES + fingerprint({"parser": PARSER_REVISION, "sources": sources, "ingest": ingest})


def is_earlier(commit_fingerprint: str) -> bool:
    """Whether a commit to ``items`` was made by code whose items have no hash of their settings."""
    return not commit_fingerprint.startswith(_SINCE_ITEM_HASHES)


def earlier_ingest_fingerprint(settings: Settings) -> str:
    """The fingerprint that such code gave a commit. All that it hashed is in it, and nothing that came later."""
    sources = [
        source.model_dump(mode="json", include=_EARLIER_SOURCE | set(source.model_extra or {})) for source in settings.sources
    ]
    ingest = settings.ingest.model_dump(mode="json", include=_EARLIER_INGEST)
    return fingerprint({"parser": PARSER_REVISION, "sources": sources, "ingest": ingest})
