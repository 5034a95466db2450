"""The configuration of ``preprocess``: how documents are cleaned, protected, deduplicated and cut."""

from typing import Annotated

from pydantic import Field, model_validator

from ragline.config.chunking import ChunkSettings
from ragline.config.filters import FilterSettings
from ragline.config.personal_data import PersonalDataSettings
from ragline.config.section import Positive, Section

Share = Annotated[float, Field(gt=0, le=1)]


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


class PreprocessSettings(Section):
    """From documents to chunks.

    ``seconds_per_document``: what takes longer to look at, or to cut, goes to quarantine. It decides only which documents are
    given up, so that nothing is done again because it changed; ``--full-refresh`` tries those once more.
    """

    seconds_per_document: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    personal_data: PersonalDataSettings = PersonalDataSettings()
    deduplicate: DeduplicateSettings = DeduplicateSettings()
    boilerplate: BoilerplateSettings = BoilerplateSettings()
    filters: FilterSettings = FilterSettings()
    languages: LanguageSettings = LanguageSettings()
    # Made when settings are: to import this module must not import the strategies.
    chunk: ChunkSettings = Field(default_factory=ChunkSettings)
