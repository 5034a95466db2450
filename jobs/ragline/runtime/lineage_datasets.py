"""The datasets of a run as OpenLineage tells them: names, versions, schemas, counts, expectations, and origins of columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragline.config.settings import Settings
from ragline.contracts.names import embedder_name, retriever_name
from ragline.contracts.run_manifest import DatasetUse, RunManifest
from ragline.contracts.tables import TABLES
from ragline.runtime.column_lineage import COLUMN_ORIGINS
from ragline.runtime.dataset_names import DatasetName, dataset_name

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset


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


@dataclass(frozen=True)
class Datasets:
    """The datasets that a run's manifest says were read and written."""

    settings: Settings
    manifest: RunManifest
    assertions: Mapping[str, Sequence[Assertion]]

    def inputs(self) -> "list[InputDataset]":
        """What was read. A dataset that is named twice at one version stands once."""
        return [self._input(use) for use in _distinct(self.manifest.inputs)]

    def outputs(self) -> "list[OutputDataset]":
        """What was written."""
        return [self._output(use) for use in _distinct(self.manifest.outputs)]

    def external(self, sources: Sequence[ExternalInput]) -> "list[InputDataset]":
        """What was read outside the lake."""
        from openlineage.client.event_v2 import InputDataset

        names = [dataset_name(source.namespace, source.name) for source in sources]
        return [InputDataset(name.namespace, name.name) for name in dict.fromkeys(names)]

    def _input(self, use: DatasetUse) -> "InputDataset":
        from openlineage.client.event_v2 import InputDataset
        from openlineage.client.facet_v2 import data_quality_assertions_dataset, data_quality_metrics_input_dataset

        facets: dict[str, Any] = {}
        if use.rows is not None:
            facets["dataQualityMetrics"] = data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet(
                columnMetrics={}, rowCount=use.rows
            )
        if use.name in self.assertions:
            facets["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
                assertions=[
                    data_quality_assertions_dataset.Assertion(assertion=a.assertion, success=a.success, column=a.column)
                    for a in self.assertions[use.name]
                ]
            )
        name = self._name(use.name)
        return InputDataset(name.namespace, name.name, facets=_facets(use), inputFacets=facets)

    def _output(self, use: DatasetUse) -> "OutputDataset":
        from openlineage.client.event_v2 import OutputDataset
        from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

        name = self._name(use.name)
        counted: dict[str, Any] = {}
        if use.rows is not None:
            counted["outputStatistics"] = statistics.OutputStatisticsOutputDatasetFacet(rowCount=use.rows)
        return OutputDataset(name.namespace, name.name, facets={**_facets(use), **self._columns(use)}, outputFacets=counted)

    def _name(self, name: str) -> DatasetName:
        return used_dataset(self.settings, name)

    def _columns(self, use: DatasetUse) -> dict[str, Any]:
        """Which columns of what this run read the columns of a table come from."""
        from openlineage.client.facet_v2 import column_lineage_dataset as facet

        read = {item.name for item in self.manifest.inputs}
        fields = {}
        for column, origins in COLUMN_ORIGINS.get(use.name, {}).items():
            found = [
                facet.InputField(
                    namespace=self._name(origin.table).namespace,
                    name=self._name(origin.table).name,
                    field=origin.column,
                    transformations=[facet.Transformation("DIRECT", origin.subtype, origin.description or None, masking=False)],
                )
                for origin in origins
                if origin.table in read
            ]
            if found:
                fields[column] = facet.Fields(inputFields=found)
        return {"columnLineage": facet.ColumnLineageDatasetFacet(fields=fields)} if fields else {}


def used_dataset(settings: Settings, name: str) -> DatasetName:
    """The name that lineage gives to a table of the lake, or to ``release`` or ``embedder``."""
    if name == "release":
        return dataset_name(settings.tracking.uri, retriever_name(settings.pipeline))
    if name == "embedder":
        return dataset_name(settings.tracking.uri, embedder_name(settings.pipeline))
    return dataset_name(settings.lake.uri, name)


def _facets(use: DatasetUse) -> dict[str, Any]:
    from openlineage.client.facet_v2 import dataset_version_dataset, schema_dataset

    facets: dict[str, Any] = {}
    if use.version is not None:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=str(use.version))
    if use.name in TABLES:
        fields = [schema_dataset.SchemaDatasetFacetFields(name=f.name, type=str(f.type)) for f in TABLES[use.name].schema]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
    return facets


def _distinct(uses: Sequence[DatasetUse]) -> list[DatasetUse]:
    """The uses, each dataset at a version once; the last one that knows the number of rows."""
    found: dict[tuple[str, int | None], DatasetUse] = {}
    for use in uses:
        key = (use.name, use.version)
        if key not in found or use.rows is not None:
            found[key] = use
    return list(found.values())
