"""Write down how a release answers queries, from the settings that it is built with.

The specification is stored in the release: later changes of the settings do not change how the release answers.
"""

from ragline.config.settings import Settings
from ragline.contracts.release_spec import (
    ChunkTextSpec,
    EncoderSpec,
    FusionSpec,
    LexicalIndexSpec,
    ReleaseSpec,
    VectorIndexSpec,
)
from ragline.errors import ConfigError
from ragline.registry.embedders import Embedder
from ragline.retrieval.analysers import NEWEST, STEMMERS
from ragline.retrieval.vectors.vector_index import DEFAULT_KIND


def release_spec(settings: Settings, embedder: Embedder) -> ReleaseSpec:
    """Make the specification of a release that is built with these settings.

    Raises:
        ConfigError: there is no stemmer for the configured language.
    """
    lexical, fusion = settings.index.lexical, settings.index.fusion
    if lexical.stemmer is not None and lexical.stemmer not in STEMMERS:
        raise ConfigError(
            f"index.lexical.stemmer is {lexical.stemmer!r}: there are stemmers for {', '.join(STEMMERS)}; null means none."
        )
    return ReleaseSpec(
        vectors=VectorIndexSpec(kind=DEFAULT_KIND),
        lexical=LexicalIndexSpec(analyser=NEWEST, stemmer=lexical.stemmer),
        fusion=FusionSpec(rrf_k=fusion.rrf_k, candidates=fusion.candidates),
        encoder=EncoderSpec(
            fingerprint=embedder.fingerprint,
            dimension=embedder.dimension,
            query_prompt=settings.embedding.query_prompt,
            document_prompt=settings.embedding.document_prompt,
        ),
        chunk_text=ChunkTextSpec(heading_prefix=settings.preprocess.chunk.heading_prefix),
    )
