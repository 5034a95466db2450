"""The configuration of one pipeline: every section, checked as a whole. Each section has a file of its own beside this."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr

from ragline.config.airflow import AirflowSettings
from ragline.config.embedding import EmbeddingSettings
from ragline.config.evaluation import EvaluationSettings
from ragline.config.feedback import FeedbackSettings
from ragline.config.finetune import FinetuneSettings
from ragline.config.gates import GateSettings
from ragline.config.index import IndexSettings
from ragline.config.ingest import IngestSettings
from ragline.config.lake import LakeSettings
from ragline.config.lineage import LineageSettings
from ragline.config.preprocess import PreprocessSettings
from ragline.config.promotion import PromotionSettings
from ragline.config.retention import RetentionSettings
from ragline.config.search import SearchSettings
from ragline.config.section import Section
from ragline.config.sources import SourceSettings
from ragline.config.spark import SparkSettings
from ragline.config.tracking import TrackingSettings


class Settings(Section):
    """One pipeline, checked as a whole. Its first level follows the rooms of ``jobs/ragline``."""

    pipeline: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    lake: LakeSettings
    tracking: TrackingSettings = TrackingSettings()
    spark: SparkSettings = SparkSettings()
    sources: Annotated[list[SourceSettings], Field(min_length=1)]
    ingest: IngestSettings = IngestSettings()
    preprocess: PreprocessSettings = Field(default_factory=PreprocessSettings)
    gates: GateSettings = GateSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    index: IndexSettings = IndexSettings()
    search: SearchSettings = SearchSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    promotion: PromotionSettings = PromotionSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    finetune: FinetuneSettings = FinetuneSettings()
    retention: RetentionSettings = RetentionSettings()
    lineage: LineageSettings = LineageSettings()
    airflow: AirflowSettings = AirflowSettings()

    _root: Path = PrivateAttr(default=Path())
    _file: Path | None = PrivateAttr(default=None)

    @property
    def root(self) -> Path:
        """The project folder that relative paths were resolved against."""
        return self._root

    @property
    def file(self) -> Path | None:
        """The pipeline file these settings were read from."""
        return self._file
