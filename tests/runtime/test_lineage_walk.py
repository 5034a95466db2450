from ragline.runtime.lineage_walk import DatasetVersion, Origin, walk_back


def event(job, inputs, outputs, state="COMPLETE"):
    def dataset(name):
        name, _, version = name.partition("@")
        return {"namespace": "lake", "name": name, "facets": {"version": {"datasetVersion": version}} if version else {}}

    return {
        "eventType": state,
        "job": {"name": job},
        "run": {"runId": f"run of {job}", "facets": {"parent": {"job": {"name": f"dag.{job}"}}}},
        "inputs": [dataset(name) for name in inputs],
        "outputs": [dataset(name) for name in outputs],
    }


def test_a_release_is_walked_back_to_its_source():
    events = [
        event("ingest", ["folder"], ["documents@1"]),
        event("preprocess", ["documents@1"], ["chunks@1"]),
        event("ingest again", ["folder"], ["documents@2"]),
        event("index", ["chunks@1"], ["release@1"]),
    ]
    release = walk_back(events, DatasetVersion("lake", "release", "1"))
    chunks = release.inputs[0]
    documents = chunks.inputs[0]
    assert (release.job, chunks.job, documents.job) == ("index", "preprocess", "ingest")
    assert documents.parent == "dag.ingest"
    assert documents.inputs == (Origin(DatasetVersion("lake", "folder")),)


def test_a_failed_run_wrote_nothing():
    events = [event("index", ["chunks@1"], ["release@1"], state="FAIL")]
    assert walk_back(events, DatasetVersion("lake", "release", "1")).inputs == ()


def test_a_run_that_reads_what_it_writes_did_not_make_it():
    events = [event("index", ["chunks@1"], ["release@1"]), event("promote", ["release@1"], ["release@1"])]
    assert walk_back(events, DatasetVersion("lake", "release", "1")).job == "index"


def test_the_first_writer_of_a_version_made_it():
    events = [event("index", ["chunks@1"], ["release@1"]), event("evaluate", ["queries"], ["release@1"])]
    assert walk_back(events, DatasetVersion("lake", "release", "1")).job == "index"
