import pytest

from ragline.contracts.tables import CHUNKS
from ragline.gates.baseline import find_baseline
from ragline.gates.inspection import Inspection
from ragline.lake.audit import audit
from ragline.lake.publications import RELEASE, Publication, publish


def gated(project, version: int) -> None:
    facts = {"facts": {"documents": version}, "details": {"languages": {"en": version}}}
    publish(project.lake, Publication("chunks", version, "r", config_fingerprint="f", gate_result=facts))


def released(project, number: int, chunks: int) -> None:
    publish(project.lake, Publication(RELEASE, number, "r", inputs={"chunks": chunks}))


def serves(project, number: int, action: str = "promote") -> None:
    subject = f"handbook.retriever/{number}"
    audit(project.lake, action=action, subject=subject, actor="a", reason="r", run_id=f"{action}{number}")


def baseline(project, *overrides: str):
    found = []
    manifest = project.run("gate", lambda run: found.append(find_baseline(Inspection(run, CHUNKS, 9))), *overrides)
    assert manifest.status == "done", manifest.message
    return found[0] and found[0].values["documents"]


def test_what_serves_is_compared_with_not_what_was_published_since(project):
    for version in (1, 2, 3):
        gated(project, version)
        released(project, version, version)
    assert baseline(project) == 3
    serves(project, 2)
    assert baseline(project) == 2
    serves(project, 1, "rollback")
    assert baseline(project) == 1
    assert baseline(project, "gates.compare_with=published") == 3
    assert baseline(project, "gates.compare_with=nothing") is None


def test_promotions_of_another_pipeline_say_nothing(project):
    gated(project, 1)
    gated(project, 2)
    released(project, 1, 1)
    audit(project.lake, action="promote", subject="other.retriever/1", actor="a", reason="r", run_id="r")
    assert baseline(project) == 2


@pytest.mark.parametrize("result", [{}, {"expectations": 18, "failed": 0}])
def test_a_publication_without_facts_is_nothing_to_compare_with(project, result):
    publish(project.lake, Publication("chunks", 1, "r", gate_result=result))
    assert baseline(project) is None
