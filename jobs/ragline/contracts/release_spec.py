"""How a release answers: what a reader has to know to search it as on the day it was built.

Independent of the settings that a release is configured with: they may be renamed, this may not. A key may be added where a
reader that ignores it gives the same hits. What may not be ignored is a new value of ``kind``, ``analyser`` or ``method``,
which a reader that does not know it refuses, or a new format (``release_migrations``).
"""

from pydantic import BaseModel, ConfigDict


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class VectorIndexSpec(_Spec):
    """The vector index: its kind (``retrieval.vectors.vector_index.KINDS``) and what that kind was built with."""

    kind: str
    parameters: dict[str, int | float | str | bool] = {}


class LexicalIndexSpec(_Spec):
    """The BM25 index: the number of its analyser (``retrieval.analysers``) and the language of its stemmer, if any."""

    analyser: int
    stemmer: str | None


class FusionSpec(_Spec):
    """How the dense and the lexical ranking become one; ``candidates`` is how deep both are read."""

    method: str = "reciprocal_rank"
    rrf_k: int
    candidates: int


class EncoderSpec(_Spec):
    """What makes the vectors of queries: the fingerprint of the files and prompts, and the length of a vector."""

    fingerprint: str
    dimension: int
    query_prompt: str = ""
    document_prompt: str = ""


class ChunkTextSpec(_Spec):
    """What was indexed of a chunk: its text, with its title and headings before it or not."""

    heading_prefix: bool


class ReleaseSpec(_Spec):
    """All of it. Two releases of equal specification differ by their chunks only."""

    vectors: VectorIndexSpec
    lexical: LexicalIndexSpec
    fusion: FusionSpec
    encoder: EncoderSpec
    chunk_text: ChunkTextSpec
