"""The configuration of ``preprocess``: how documents are cleaned, protected, deduplicated and cut."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from ragline.config.filters import FilterSettings
from ragline.config.section import Positive, Section

Share = Annotated[float, Field(gt=0, le=1)]

Action = Literal["keep", "tag", "redact", "drop"]
PersonalDataKind = Literal[
    "email", "phone", "card", "iban", "ssn", "ip", "url_credentials", "api_key", "secret", "private_key", "person", "address"
]

# What holds for a kind of which the configuration says nothing. An address of a machine or a telephone number is as often
# what a manual is about as it is somebody's; names are everywhere, and finding them takes a model.
_MILDER: Mapping[str, Action] = {"phone": "tag", "ip": "tag", "person": "keep", "address": "keep"}
RECOMMENDED: Mapping[str, Action] = {kind: _MILDER.get(kind, "redact") for kind in get_args(PersonalDataKind)}

_OPTION_OF = {
    "target_tokens": "structure",
    "overlap_tokens": "recursive",
    "separators": "recursive",
    "centre_sentences": "sentence_window",
    "window_sentences": "sentence_window",
    "piece_tokens": "semantic",
}


class PersonalDataPolicy(Section):
    """What to do with what is found: ``keep`` it and say nothing, ``tag`` the chunks that hold it, ``redact`` it (a typed
    placeholder takes its place), ``drop`` the document. ``policy`` is for all kinds that ``kinds`` does not name, except
    ``person`` and ``address``, which have to be named."""

    policy: Action | None = None
    kinds: dict[PersonalDataKind, Action] = Field(default_factory=dict)

    def action_for(self, kind: str) -> Action | None:
        """What this policy says of a kind, if it does."""
        named = next((action for known, action in self.kinds.items() if known == kind), None)
        return named or (None if kind in ("person", "address") else self.policy)


class PersonalDataSettings(PersonalDataPolicy):
    """The policy for every source, and by source's name what is different there.

    ``allow`` lists values that are left alone wherever they stand; one that begins with @ allows all addresses of a domain.
    """

    sources: dict[str, PersonalDataPolicy] = Field(default_factory=dict)
    allow: tuple[str, ...] = ()
    entity_model: str = "en_core_web_sm"

    def actions_for(self, source: str) -> dict[str, Action]:
        """What is done with each kind in one source: what is said of the source first, then of all, then what is recommended."""
        said = [self.sources[source], self] if source in self.sources else [self]
        return {
            kind: next((action for policy in said if (action := policy.action_for(kind))), recommended)
            for kind, recommended in RECOMMENDED.items()
        }

    def asks_for(self, kind: str) -> bool:
        """Whether a source's policy for the kind is anything but ``keep``."""
        return any(self.actions_for(source)[kind] != "keep" for source in ("", *self.sources))


class CopySettings(Section):
    """Copies to drop. ``near``: from which exact Jaccard similarity of their shingles on two texts are copies; null: never."""

    exact: bool = True
    near: Share | None = None
    min_words: Positive = 20

    @model_validator(mode="after")
    def _near_includes_exact(self) -> "CopySettings":
        if self.near is not None and not self.exact:
            raise ValueError(f"near is {self.near}, and exact copies are the nearest of all: set exact to true, or near to null")
        return self


class DeduplicateSettings(Section):
    """Copies to drop, among documents and among chunks; each is recorded with the one that was kept.

    ``shingle_words``: length of the word n-grams that are compared. ``permutations``: minima in a MinHash signature.
    """

    documents: CopySettings = CopySettings(near=0.8)
    chunks: CopySettings = CopySettings()
    shingle_words: Positive = 5
    permutations: Annotated[int, Field(ge=16, le=1024)] = 120


class BoilerplateSettings(Section):
    """Paragraphs to remove from the head and tail of a source's documents because so many share them.

    ``share``: of the source's documents, for any paragraph. ``usual_share``: for links, notices of copyright and licence,
    signatures. ``min_documents``: never fewer than this many, twice as many for any paragraph.
    """

    remove: bool = True
    share: Share = 0.5
    usual_share: Share = 0.02
    min_documents: Annotated[int, Field(ge=2)] = 5


class LanguageSettings(Section):
    """Languages to keep (ISO 639-1: ``en``, ``de``); empty keeps all. What is too short or unclear to tell is always kept."""

    keep: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = ()


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

    personal_data: PersonalDataSettings = PersonalDataSettings()
    deduplicate: DeduplicateSettings = DeduplicateSettings()
    boilerplate: BoilerplateSettings = BoilerplateSettings()
    filters: FilterSettings = FilterSettings()
    languages: LanguageSettings = LanguageSettings()
    chunk: ChunkSettings = ChunkSettings()
