import pytest

from ragline.contracts.names import DAG_KINDS, asset_uri, dag_id, embedder_name, retriever_name, safe_run_id, task_run_id
from tests.places import REPOSITORY


def test_names_of_a_pipeline():
    assert retriever_name("handbook") == "handbook.retriever"
    assert embedder_name("handbook") == "handbook.embedder"
    assert dag_id("handbook", "ingest_corpus") == "handbook.ingest_corpus"
    assert asset_uri("handbook", "chunks") == "ragline://handbook/chunks"


def test_a_dag_that_is_not_listed_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match=r"'ingest' is no kind of DAG.*ingest_corpus, preprocess_corpus"):
        dag_id("handbook", "ingest")


def test_every_kind_of_dag_has_its_file():
    files = {file.stem for file in (REPOSITORY / "dags").glob("*.py")} - {"broken_pipelines"}
    assert files == set(DAG_KINDS)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("manual__2026-01-02T03:04:05+00:00.gate", "manual__2026-01-02T03-04-05-00-00.gate"),
        ("../../etc/passwd", "etc-passwd"),
        ("a b/c", "a-b-c"),
    ],
)
def test_a_run_id_is_safe_as_a_file_name(label, expected):
    assert safe_run_id(label) == expected


def test_a_run_id_holds_dag_run_task_map_index_and_try() -> None:
    assert task_run_id("manual__2026-01-01T00:00:00+00:00", "ingest", 3, 2) == "manual__2026-01-01T00-00-00-00-00.ingest.3.try2"


def test_an_unmapped_task_has_no_index() -> None:
    assert task_run_id("r", "gate_chunks") == "r.gate_chunks.try1"


def test_long_run_ids_that_differ_at_their_end_stay_apart() -> None:
    one, two = task_run_id("x" * 240 + "1", "embed"), task_run_id("x" * 240 + "2", "embed")
    assert one != two
    assert one.endswith(".embed.try1")
