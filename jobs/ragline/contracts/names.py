"""Names a pipeline goes by, in every system that has to know it."""

import re

PIPELINE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

CHAMPION = "champion"
CHALLENGER = "challenger"
PREVIOUS = "previous"

HEAVY_POOL = "ragline_heavy"


def retriever_name(pipeline: str) -> str:
    """Registered MLflow model whose versions are the pipeline's releases."""
    return f"{pipeline}.retriever"


def embedder_name(pipeline: str) -> str:
    """Registered MLflow model whose versions are the pipeline's embedding models."""
    return f"{pipeline}.embedder"


def dag_id(pipeline: str, kind: str) -> str:
    """Airflow DAG of one kind (``ingest_corpus`` …) for one pipeline."""
    return f"{pipeline}.{kind}"


def asset_uri(pipeline: str, asset: str) -> str:
    """Airflow asset URI; ``asset`` is documents, chunks, embedder, release, verdict or pairs."""
    return f"ragline://{pipeline}/{asset}"


def safe_run_id(text: str) -> str:
    """Turn any label (an Airflow run id, say) into a run id that is safe as a file name."""
    return re.sub(r"[^A-Za-z0-9_.=-]+", "-", text).strip("-.")[:200]
