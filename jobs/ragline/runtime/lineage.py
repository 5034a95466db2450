"""OpenLineage events of a job: START, then COMPLETE or FAIL, with its input and output datasets.

A run is the child of the Airflow task named by ``OPENLINEAGE_PARENT_ID`` (``namespace/job/run id``), where that is set.
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
from ragline.contracts.names import embedder_name, retriever_name
from ragline.contracts.run_manifest import DatasetUse, RunManifest
from ragline.contracts.tables import TABLES

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, RunEvent

log = logging.getLogger(__name__)

PRODUCER = "https://github.com/ragline/ragline"


@dataclass(frozen=True)
class Assertion:
    """One expectation of a gate, as OpenLineage's dataQualityAssertions facet tells it."""

    assertion: str
    success: bool
    column: str | None = None


@dataclass(frozen=True)
class ExternalInput:
    """A dataset outside the lake: a source, by the namespace and name that OpenLineage gives it."""

    namespace: str
    name: str


@dataclass
class Lineage:
    """Emits the events of one run."""

    settings: Settings
    job: str
    run_id: str
    external_inputs: list[ExternalInput] = field(default_factory=list)
    assertions: dict[str, list[Assertion]] = field(default_factory=dict)
    _uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    _client: "OpenLineageClient | None" = None

    def start(self) -> None:
        """Emit START."""
        self._emit("START", [], [], {})

    def end(self, manifest: RunManifest) -> None:
        """Emit COMPLETE or FAIL with everything the manifest says was read and written."""
        from openlineage.client.facet_v2 import error_message_run

        failed = manifest.status not in ("done", "nothing_to_do")
        facets = {}
        if failed:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(manifest.message, "python")
        inputs = [self._input(use) for use in manifest.inputs] + [self._external(item) for item in self.external_inputs]
        outputs = [self._output(use) for use in manifest.outputs]
        self._emit("FAIL" if failed else "COMPLETE", inputs, outputs, facets)

    def _emit(
        self,
        state: str,
        inputs: "Sequence[InputDataset]",
        outputs: "Sequence[OutputDataset]",
        run_facets: Mapping[str, Any],
    ) -> None:
        from openlineage.client.event_v2 import Run, RunEvent, RunState
        from openlineage.client.facet_v2 import parent_run, processing_engine_run

        facets: dict[str, Any] = dict(run_facets)
        facets["processing_engine"] = processing_engine_run.ProcessingEngineRunFacet(version="1", name="ragline")
        if parent := _parent(os.environ.get("OPENLINEAGE_PARENT_ID", "")):
            namespace, job, run_id = parent
            facets["parent"] = parent_run.ParentRunFacet(
                run=parent_run.Run(runId=run_id), job=parent_run.Job(namespace=namespace, name=job)
            )
        event = RunEvent(
            eventType=RunState[state],
            eventTime=datetime.now(UTC).isoformat(),
            run=Run(runId=self._uuid, facets=facets),
            job=self._job(),
            inputs=list(inputs),
            outputs=list(outputs),
            producer=PRODUCER,
        )
        self._send(event)

    def _job(self) -> "Job":
        from openlineage.client.event_v2 import Job
        from openlineage.client.facet_v2 import job_type_job

        facet = job_type_job.JobTypeJobFacet(processingType="BATCH", integration="RAGLINE", jobType="JOB")
        return Job(
            namespace=self.settings.lineage.namespace, name=f"{self.settings.pipeline}.{self.job}", facets={"jobType": facet}
        )

    def _send(self, event: "RunEvent") -> None:
        transport = self.settings.lineage.transport
        if transport is None:
            self._write_file(event)
            return
        if self._client is None:
            from openlineage.client import OpenLineageClient

            self._client = OpenLineageClient(config={"transport": transport})
        try:
            self._client.emit(event)
        except Exception as error:  # a lineage backend that is down must not stop the line; the client raises anything
            log.warning("The lineage event could not be sent: %s", error)

    def _write_file(self, event: "RunEvent") -> None:
        from openlineage.client.serde import Serde

        from ragline.lake.files import write_bytes

        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{self.job}-{event.eventType.name if event.eventType else ''}.json"
        write_bytes(f"{self.settings.lake.uri}/_lineage/{name}", Serde.to_json(event).encode())

    def _input(self, use: DatasetUse) -> "InputDataset":
        from openlineage.client.event_v2 import InputDataset
        from openlineage.client.facet_v2 import data_quality_assertions_dataset, data_quality_metrics_input_dataset

        input_facets: dict[str, Any] = {}
        if use.rows is not None:
            input_facets["dataQualityMetrics"] = data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet(
                columnMetrics={}, rowCount=use.rows
            )
        if use.name in self.assertions:
            input_facets["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
                assertions=[
                    data_quality_assertions_dataset.Assertion(assertion=a.assertion, success=a.success, column=a.column)
                    for a in self.assertions[use.name]
                ]
            )
        namespace, name = self._dataset_name(use)
        return InputDataset(namespace, name, facets=self._dataset_facets(use), inputFacets=input_facets)

    def _output(self, use: DatasetUse) -> "OutputDataset":
        from openlineage.client.event_v2 import OutputDataset
        from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

        namespace, name = self._dataset_name(use)
        counted: dict[str, Any] = {}
        if use.rows is not None:
            counted["outputStatistics"] = statistics.OutputStatisticsOutputDatasetFacet(rowCount=use.rows)
        return OutputDataset(namespace, name, facets=self._dataset_facets(use), outputFacets=counted)

    def _external(self, item: ExternalInput) -> "InputDataset":
        from openlineage.client.event_v2 import InputDataset

        return InputDataset(item.namespace, item.name)

    def _dataset_name(self, use: DatasetUse) -> tuple[str, str]:
        if use.name == "release":
            return self.settings.tracking.uri, retriever_name(self.settings.pipeline)
        if use.name == "embedder":
            return self.settings.tracking.uri, embedder_name(self.settings.pipeline)
        return self.settings.lake.uri, use.name

    def _dataset_facets(self, use: DatasetUse) -> dict[str, Any]:
        from openlineage.client.facet_v2 import dataset_version_dataset, schema_dataset

        facets: dict[str, Any] = {}
        if use.version is not None:
            facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=str(use.version))
        if use.name in TABLES:
            fields = [schema_dataset.SchemaDatasetFacetFields(name=f.name, type=str(f.type)) for f in TABLES[use.name].schema]
            facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
        return facets


def _parent(text: str) -> tuple[str, str, str] | None:
    """Split ``namespace/job/run id``; the namespace may itself hold slashes."""
    parts = text.rsplit("/", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else None


def read_events(lake_uri: str) -> list[dict[str, Any]]:
    """Every event that was written under the lake, oldest first, as plain JSON."""
    from ragline.lake.files import list_files, read_bytes

    return [json.loads(read_bytes(uri) or b"{}") for uri in list_files(f"{lake_uri}/_lineage") if uri.endswith(".json")]
