from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.job import Scope, commit_staged, stage_source
from ragline.runtime.lineage import read_events
from tests.ingest.job_runs import ALL_OF_IT, counted, two_sources


def test_sources_are_staged_apart_and_committed_together(project):
    two_sources(project)
    for name in ("guides", "policies"):
        staged = project.run("ingest", lambda run, name=name: stage_source(run, Scope([name]), "together"), run_id=name)
        assert staged.status == "done"
        assert project.lake.version(DOCUMENTS) is None
    manifest = project.run("ingest", lambda run: commit_staged(run, Scope(), "together"), run_id="commit")
    assert manifest.counts == counted(new=ALL_OF_IT)
    (committed,) = [event for event in read_events(project.lake.uri) if event["eventType"] == "COMPLETE" and event["outputs"]]
    assert [item["name"] for item in committed["inputs"]] == [str(project.corpus / name) for name in ("guides", "policies")]
    assert project.lake.version(DOCUMENTS) == 1
    assert project.run("ingest", lambda run: commit_staged(run, Scope(), "together")).status == "nothing_to_do"
