"""The configuration of ``finetune``."""

from typing import Annotated

from pydantic import Field

from ragline.config.section import Positive, Section


class FinetuneSettings(Section):
    """Training of the embedder."""

    epochs: Positive = 1
    batch_size: Positive = 32
    learning_rate: Annotated[float, Field(gt=0)] = 2e-5
    max_pairs: Positive = 5000
    corpus_pairs: bool = True
    seed: int = 7
