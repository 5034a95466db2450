"""The fingerprint of everything that is configured about ingest."""

from ragline.config.settings import Settings
from ragline.contracts.fingerprints import fingerprint
from ragline.ingest.extract.revision import PARSER_REVISION


def ingest_fingerprint(settings: Settings) -> str:
    """A hash of the sources' configuration, the limits of parsing and the parsers' revision."""
    # What searches hide says nothing of what a document is.
    sources = [source.model_dump(mode="json", exclude={"withdraw"}) for source in settings.sources]
    return fingerprint({"parser": PARSER_REVISION, "sources": sources, "ingest": settings.ingest.model_dump(mode="json")})
