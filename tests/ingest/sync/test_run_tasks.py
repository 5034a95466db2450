import pytest

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.lake.lake import Lake
from tests.ingest.job_runs import run_ingest


@pytest.mark.spark
def test_one_parser_several_and_spark_take_in_the_same(project, spark, tmp_path, monkeypatch):
    (project.corpus / "odd.md").write_bytes(b"")
    run_ingest(project)
    alone = rows_of(project.lake)
    monkeypatch.setattr("ragline.ingest.sync.run_tasks._FEW_ITEMS", 0)
    monkeypatch.setattr("ragline.ingest.sync.run_tasks._LEAST_PER_TASK", 1)
    run_ingest(project, f"lake.uri={tmp_path / 'here'}", "spark.master=local[2]")
    assert rows_of(Lake(str(tmp_path / "here"))) == alone
    in_spark = (f"lake.uri={tmp_path / 'spark'}", "spark.master=local[2]", "spark.use=always")
    assert run_ingest(project, *in_spark).facts["placement"] == {"reading handbook": "Spark: spark.use is always"}
    assert rows_of(Lake(str(tmp_path / "spark"))) == alone
    again = run_ingest(project, *in_spark, full_refresh=True)
    assert again.facts["placement"]["comparing handbook"] == "Spark: spark.use is always"
    assert again.status == "nothing_to_do"


def rows_of(lake):
    tables = (DOCUMENTS, QUARANTINE, ITEMS)
    times = {"fetched_at", "changed_at", "seen_at", "listed_at"}
    return [
        sorted(str({name: value for name, value in row.items() if name not in times}) for row in lake.read(table).to_pylist())
        for table in tables
    ]
