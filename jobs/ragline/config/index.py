"""The configuration of ``index``: the two indices of a release and how their rankings are fused."""

from ragline.config.section import Positive, Section


class LexicalSettings(Section):
    """The BM25 index."""

    stemmer: str | None = "en"


class FusionSettings(Section):
    """Reciprocal rank fusion of the dense and the lexical ranking (Cormack et al., SIGIR 2009)."""

    rrf_k: Positive = 60
    candidates: Positive = 100


class IndexSettings(Section):
    """The indices of a release."""

    lexical: LexicalSettings = LexicalSettings()
    fusion: FusionSettings = FusionSettings()
