"""The configuration of ``preprocess``: how documents are cleaned, protected, deduplicated and cut."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ragline.runtime.section import Section

_OPTION_OF = {
    "target_tokens": "structure",
    "overlap_tokens": "recursive",
    "separators": "recursive",
    "centre_sentences": "sentence_window",
    "window_sentences": "sentence_window",
    "piece_tokens": "semantic",
}


class RedactSettings(Section):
    """Personal data to replace by a typed placeholder."""

    emails: bool = True


class DeduplicateSettings(Section):
    """Copies to drop; a dropped document is recorded with the one that was kept."""

    exact: bool = True


class ChunkSettings(Section):
    """How documents are cut. Sizes are tokens of the embedding model's tokenizer.

    ``max_tokens`` is never exceeded, the title and headings that lead a chunk included. ``structure`` puts whole paragraphs,
    lists, tables together to about ``target_tokens`` (default: half of ``max_tokens``), ``recursive`` fills chunks up that
    share ``overlap_tokens`` between ``separators``, ``sentence_window`` takes ``centre_sentences`` with ``window_sentences``
    on either side, and ``semantic`` puts pieces of about ``piece_tokens`` together that are alike.
    """

    strategy: Literal["structure", "recursive", "sentence_window", "semantic"] = "structure"
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 200
    heading_prefix: bool = True
    target_tokens: Annotated[int, Field(ge=8, le=8192)] | None = None
    overlap_tokens: Annotated[int, Field(ge=0, le=4096)] = 0
    separators: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] = (
        "\n\n",
        "\n",
        ".",
        "?",
        "!",
        " ",
    )
    centre_sentences: Annotated[int, Field(ge=1, le=100)] = 3
    window_sentences: Annotated[int, Field(ge=0, le=100)] = 1
    piece_tokens: Annotated[int, Field(ge=8, le=1024)] = 40

    @model_validator(mode="after")
    def _options_fit(self) -> "ChunkSettings":
        for option, strategy in _OPTION_OF.items():
            if self.strategy != strategy and getattr(self, option) != type(self).model_fields[option].default:
                raise ValueError(
                    f"{option} is an option of strategy {strategy}; strategy is {self.strategy}: remove it, or change one"
                )
        for option in ("overlap_tokens", "piece_tokens"):
            value, most = getattr(self, option), self.max_tokens // 2
            if self.strategy == _OPTION_OF[option] and value > most:
                raise ValueError(
                    f"{option} is {value}, but at most half of max_tokens ({self.max_tokens}) is possible: set {most} or less"
                )
        return self


class PreprocessSettings(Section):
    """From documents to chunks."""

    redact: RedactSettings = RedactSettings()
    deduplicate: DeduplicateSettings = DeduplicateSettings()
    chunk: ChunkSettings = ChunkSettings()
