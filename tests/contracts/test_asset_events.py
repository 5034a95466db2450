from ragline.contracts.asset_events import event_extra
from ragline.contracts.run_manifest import DatasetUse, RunManifest


def manifest(**fields: object) -> RunManifest:
    return RunManifest.model_validate({"job": "j", "pipeline": "p", "run_id": "r", "started_at": "2026-01-01", **fields})


def test_a_gate_announces_the_version_it_read() -> None:
    done = manifest(inputs=[DatasetUse(name="chunks", version=7)], outputs=[DatasetUse(name="published", version=3)])
    assert event_extra("chunks", done, "uri") == {"dataset": "chunks", "version": 7, "run_manifest": "uri"}


def test_a_job_announces_the_release_it_made() -> None:
    done = manifest(inputs=[DatasetUse(name="chunks", version=7)], outputs=[DatasetUse(name="release", version=2)])
    assert event_extra("release", done, "uri")["version"] == 2


def test_a_verdict_is_on_the_release_that_was_judged_not_on_the_champion() -> None:
    read = [DatasetUse(name="release", version=1), DatasetUse(name="release", version=2)]
    extra = event_extra("verdict", manifest(inputs=read, facts={"release": 2, "verdict": "pass"}), "uri")
    assert (extra["version"], extra["verdict"]) == (2, "pass")
