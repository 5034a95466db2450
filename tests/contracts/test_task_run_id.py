from ragline.contracts.names import task_run_id


def test_a_run_id_holds_dag_run_task_map_index_and_try() -> None:
    assert task_run_id("manual__2026-01-01T00:00:00+00:00", "ingest", 3, 2) == "manual__2026-01-01T00-00-00-00-00.ingest.3.try2"


def test_an_unmapped_task_has_no_index() -> None:
    assert task_run_id("r", "gate_chunks") == "r.gate_chunks.try1"


def test_long_run_ids_that_differ_at_their_end_stay_apart() -> None:
    one, two = task_run_id("x" * 240 + "1", "embed"), task_run_id("x" * 240 + "2", "embed")
    assert one != two
    assert one.endswith(".embed.try1")
