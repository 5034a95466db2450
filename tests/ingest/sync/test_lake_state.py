import shutil

from tests.ingest.job_runs import ALL_OF_IT, documents, run_ingest


def test_a_lake_without_the_table_of_items_is_read_again_and_keeps_its_documents(project):
    run_ingest(project)
    shutil.rmtree(project.root / ".ragline/handbook/lake/items")
    (project.corpus / "guides/vpn.md").unlink()
    assert run_ingest(project).counts["deleted"] == 1
    assert len(documents(project)) == ALL_OF_IT - 1
    assert run_ingest(project).status == "nothing_to_do"
