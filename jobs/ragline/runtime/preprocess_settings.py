"""The configuration of ``preprocess``: how documents are cleaned, protected, deduplicated and cut."""

from typing import Annotated, Literal

from pydantic import Field

from ragline.runtime.filter_settings import FilterSettings
from ragline.runtime.section import Section


class RedactSettings(Section):
    """Personal data to replace by a typed placeholder."""

    emails: bool = True


class DeduplicateSettings(Section):
    """Copies to drop; a dropped document is recorded with the one that was kept."""

    exact: bool = True


class LanguageSettings(Section):
    """Languages to keep (ISO 639-1: ``en``, ``de``); empty keeps all. What is too short or unclear to tell is always kept."""

    keep: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = ()


class ChunkSettings(Section):
    """How documents are cut. Sizes are tokens of the embedding model's tokenizer."""

    strategy: Literal["structure"] = "structure"
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 200
    heading_prefix: bool = True


class PreprocessSettings(Section):
    """From documents to chunks."""

    redact: RedactSettings = RedactSettings()
    deduplicate: DeduplicateSettings = DeduplicateSettings()
    filters: FilterSettings = FilterSettings()
    languages: LanguageSettings = LanguageSettings()
    chunk: ChunkSettings = ChunkSettings()
