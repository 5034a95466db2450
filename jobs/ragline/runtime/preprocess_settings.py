"""The configuration of ``preprocess``: how documents are cleaned, protected, deduplicated and cut."""

from typing import Annotated, Literal

from pydantic import Field

from ragline.runtime.section import Section


class RedactSettings(Section):
    """Personal data to replace by a typed placeholder."""

    emails: bool = True


class DeduplicateSettings(Section):
    """Copies to drop; a dropped document is recorded with the one that was kept."""

    exact: bool = True


class ChunkSettings(Section):
    """How documents are cut. Sizes are tokens of the embedding model's tokenizer."""

    strategy: Literal["structure"] = "structure"
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 200
    heading_prefix: bool = True


class PreprocessSettings(Section):
    """From documents to chunks."""

    redact: RedactSettings = RedactSettings()
    deduplicate: DeduplicateSettings = DeduplicateSettings()
    chunk: ChunkSettings = ChunkSettings()
