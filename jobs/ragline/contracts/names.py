"""Names a pipeline goes by, in every system that has to know it."""

import re

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.path_names import path_name

PIPELINE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

_LONGEST_RUN_ID = 200

CHAMPION = "champion"
CHALLENGER = "challenger"
PREVIOUS = "previous"

HEAVY_POOL = "ragline_heavy"

# Every pipeline has one DAG of each kind, declared by the file of that name in dags/.
DAG_KINDS = (
    "ingest_corpus",
    "preprocess_corpus",
    "build_release",
    "evaluate_release",
    "promote_release",
    "collect_feedback",
    "finetune_embedder",
    "rollback_release",
    "maintain_lake",
)


def retriever_name(pipeline: str) -> str:
    """Registered MLflow model whose versions are the pipeline's releases."""
    return f"{pipeline}.retriever"


def release_subject(pipeline: str, release: int) -> str:
    """What the audit table calls a release."""
    return f"{retriever_name(pipeline)}/{release}"


def embedder_name(pipeline: str) -> str:
    """Registered MLflow model whose versions are the pipeline's embedding models."""
    return f"{pipeline}.embedder"


def dag_id(pipeline: str, kind: str) -> str:
    """Airflow DAG of one of ``DAG_KINDS`` for one pipeline.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in DAG_KINDS:
        raise ValueError(f"{kind!r} is no kind of DAG; DAG_KINDS in {__name__} lists them: {', '.join(DAG_KINDS)}.")
    return f"{dag_id_prefix(pipeline)}{kind}"


def dag_id_prefix(pipeline: str) -> str:
    """What the ids of all DAGs of one pipeline start with."""
    return f"{pipeline}."


def asset_uri(pipeline: str, asset: str) -> str:
    """Airflow asset URI; ``asset`` is documents, chunks, embedder, release, verdict or pairs."""
    return f"ragline://{pipeline}/{asset}"


def safe_run_id(text: str) -> str:
    """Turn any label (an Airflow run id, say) into a run id that is safe as a file name.

    A long one is cut, with a hash of it at the end, so that two that begin alike stay apart.

    Raises:
        ConfigError: nothing that could be a name is left of it.
    """
    safe = re.sub(r"[^A-Za-z0-9_.=-]+", "-", text).strip("-.=")
    if len(safe) > _LONGEST_RUN_ID:
        safe = f"{safe[: _LONGEST_RUN_ID - 20]}-{fingerprint(text)}"
    return path_name(safe, f"What is left of the run id {text[:80]!r}" if safe != text else "The run id")


def task_run_id(dag_run_id: str, task_id: str, map_index: int = -1, try_number: int = 1) -> str:
    """Run id of the job behind an Airflow task: each try of a task is a run of its own, so a cleared task does new work."""
    task = task_id if map_index < 0 else f"{task_id}.{map_index}"
    dag_run = dag_run_id if len(dag_run_id) <= 120 else f"{dag_run_id[:100]}-{fingerprint(dag_run_id)}"
    return safe_run_id(f"{dag_run}.{task}.try{try_number}")
