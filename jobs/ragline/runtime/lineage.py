"""OpenLineage events of a job: START, then COMPLETE or FAIL, with its input and output datasets.

A run is the child of the Airflow task named by ``OPENLINEAGE_PARENT_ID`` (``namespace/job/run id``), where that is set, and
belongs to the DAG run named by ``OPENLINEAGE_ROOT_PARENT_ID``. No credentials are sent.
Specification: https://openlineage.io/docs/spec/object-model
"""

import json
import logging
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ragline.config.settings import Settings
from ragline.contracts.redaction import redacted
from ragline.contracts.run_manifest import RunManifest
from ragline.errors import ConfigError
from ragline.runtime.engine import engine_used
from ragline.runtime.lineage_datasets import Assertion, Datasets, ExternalInput

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, RunEvent

__all__ = ["Assertion", "ExternalInput", "Lineage", "read_events"]
log = logging.getLogger(__name__)

PRODUCER = "https://github.com/ragline/ragline"


@dataclass
class Lineage:
    """Emits the events of one run. ``part`` tells runs of one job apart that do different things: the table of a gate."""

    settings: Settings
    job: str
    run_id: str
    part: str = ""
    external_inputs: list[ExternalInput] = field(default_factory=list)
    assertions: dict[str, list[Assertion]] = field(default_factory=dict)
    _uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    _client: "OpenLineageClient | None" = None
    _started: bool = False

    def start(self) -> None:
        """Emit START.

        Raises:
            ConfigError: ``lineage.transport`` is none that the client knows.
            LakeError: events go to the lake, and it cannot be written.
        """
        if self.settings.lineage.transport is not None:
            self._client = _connected(self.settings.lineage.transport)
        self._emit("START", [], [], {})
        self._started = True

    def end(self, manifest: RunManifest) -> None:
        """Emit COMPLETE or FAIL with everything the manifest says was read and written; nothing, if START could not be.

        Raises:
            LakeError: events go to the lake, and it cannot be written.
        """
        from openlineage.client.facet_v2 import error_message_run, processing_engine_run

        if not self._started:
            return
        failed = manifest.status not in ("done", "nothing_to_do")
        engine = engine_used()
        facets: dict[str, Any] = {
            "processing_engine": processing_engine_run.ProcessingEngineRunFacet(version=engine.version, name=engine.name)
        }
        if failed:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(redacted(manifest.message), "python")
        datasets = Datasets(self.settings, manifest, self.assertions)
        inputs = datasets.inputs() + datasets.external(self.external_inputs)
        self._emit("FAIL" if failed else "COMPLETE", inputs, datasets.outputs(), facets)

    def _emit(
        self,
        state: str,
        inputs: "Sequence[InputDataset]",
        outputs: "Sequence[OutputDataset]",
        run_facets: Mapping[str, Any],
    ) -> None:
        from openlineage.client.event_v2 import Run, RunEvent, RunState

        event = RunEvent(
            eventType=RunState[state],
            eventTime=datetime.now(UTC).isoformat(),
            run=Run(runId=self._uuid, facets={**run_facets, **_parent_facet(os.environ)}),
            job=self._job(),
            inputs=list(inputs),
            outputs=list(outputs),
            producer=PRODUCER,
        )
        if self._client is None:
            self._write_file(event)
            return
        try:
            self._client.emit(event)
        except Exception as error:  # a lineage backend that is down must not stop the line; the client raises anything
            log.warning("The lineage event could not be sent: %s", redacted(str(error)))

    def _job(self) -> "Job":
        from openlineage.client.event_v2 import Job
        from openlineage.client.facet_v2 import job_type_job

        facet = job_type_job.JobTypeJobFacet(processingType="BATCH", integration="RAGLINE", jobType="JOB")
        name = f"{self.settings.pipeline}.{self.job}" + (f"_{self.part}" if self.part else "")
        return Job(namespace=self.settings.lineage.namespace, name=name, facets={"jobType": facet})

    def _write_file(self, event: "RunEvent") -> None:
        from openlineage.client.serde import Serde

        from ragline.lake.files import write_bytes

        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{self.job}-{event.eventType.name if event.eventType else ''}.json"
        write_bytes(f"{self.settings.lake.uri}/_lineage/{name}", Serde.to_json(event).encode())


def _connected(transport: dict[str, Any]) -> "OpenLineageClient":
    from openlineage.client import OpenLineageClient

    try:
        if "type" not in transport:  # the client would write to its console then
            raise KeyError("it has no type")
        return OpenLineageClient(config={"transport": transport})
    except Exception as error:  # each transport raises its own
        raise ConfigError(
            f"lineage.transport cannot be used ({redacted(f'{type(error).__name__}: {error}')}): give a transport of the "
            "OpenLineage client, such as {type: http, url: https://…}, or leave it out for files in the lake."
        ) from error


def _parent_facet(environment: Mapping[str, str]) -> dict[str, Any]:
    """The run that started this one, and the run at the root of it all, where the environment names them."""
    from openlineage.client.facet_v2 import parent_run

    parent = _named_run(environment.get("OPENLINEAGE_PARENT_ID", ""))
    if parent is None:
        return {}
    namespace, job, run_id = parent
    root = None
    if above := _named_run(environment.get("OPENLINEAGE_ROOT_PARENT_ID", "")):
        root = parent_run.Root(run=parent_run.RootRun(runId=above[2]), job=parent_run.RootJob(namespace=above[0], name=above[1]))
    own = parent_run.ParentRunFacet(
        run=parent_run.Run(runId=run_id), job=parent_run.Job(namespace=namespace, name=job), root=root
    )
    return {"parent": own}


def _named_run(text: str) -> tuple[str, str, str] | None:
    """Split ``namespace/job/run id``; the namespace may itself hold slashes. None for anything else: run ids are UUIDs."""
    parts = text.rsplit("/", 2)
    if len(parts) != 3 or not all(parts):
        return None
    try:
        uuid.UUID(parts[2])
    except ValueError:
        log.warning("%r names no run that lineage can refer to: its last part is no UUID.", text)
        return None
    return parts[0], parts[1], parts[2]


def read_events(lake_uri: str) -> list[dict[str, Any]]:
    """Every event that was written under the lake, oldest first, as plain JSON."""
    from ragline.lake.files import list_files, read_bytes

    return [json.loads(read_bytes(uri) or b"{}") for uri in list_files(f"{lake_uri}/_lineage") if uri.endswith(".json")]
