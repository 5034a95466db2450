"""The facts of an earlier publication that new chunks are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow.compute as pc

from ragline.contracts.names import retriever_name
from ragline.contracts.tables import AUDIT
from ragline.gates.inspection import Inspection
from ragline.lake.publications import RELEASE, Publication, publications
from ragline.runtime.run import Run


@dataclass(frozen=True)
class Baseline:
    """Facts stored with an earlier publication. ``described`` says which version that is, and why it was chosen."""

    described: str
    values: Mapping[str, float]
    fingerprint: str
    languages: Mapping[str, int] = field(default_factory=dict)


def find_baseline(inspection: Inspection) -> Baseline | None:
    """The facts that were kept with a publication: of the version that the serving release was made of, and while nothing
    serves of the version published last. So that many small steps away from what serves are not each taken for none.

    None where ``gates.compare_with`` is ``nothing``, or no facts were kept.
    """
    wish = inspection.run.settings.gates.compare_with
    if wish == "nothing":
        return None
    table = inspection.table.name
    known = [
        p for p in publications(inspection.run.lake, table) if p.gate_result.get("facts") and p.version != inspection.version
    ]
    serving = _serving(inspection.run, table) if wish == "promoted" else None
    for publication in reversed(known):
        if publication.version == serving:
            return _baseline(publication, f"version {serving} of {table}, which the serving release was made of")
    return _baseline(known[-1], f"version {known[-1].version} of {table}, published last") if known else None


def _baseline(publication: Publication, described: str) -> Baseline:
    result = publication.gate_result
    return Baseline(described, result["facts"], publication.config_fingerprint, result.get("details", {}).get("languages", {}))


def _serving(run: Run, table: str) -> int | None:
    """The version of a table that the release was made of which was promoted, or put back, last."""
    prefix = f"{retriever_name(run.settings.pipeline)}/"
    events = run.lake.read(AUDIT, filter=pc.field("action").isin(["promote", "rollback"])).sort_by("seq").to_pylist()
    put = [event["subject"].removeprefix(prefix) for event in events if event["subject"].startswith(prefix)]
    made = {str(release.version): release.inputs.get(table) for release in publications(run.lake, RELEASE)}
    return made.get(put[-1]) if put else None
