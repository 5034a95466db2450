"""Walk OpenLineage events backwards: from a dataset version to everything it was made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ragline.runtime.dataset_names import dataset_name

Event = Mapping[str, Any]


@dataclass(frozen=True)
class DatasetVersion:
    """A dataset as events name it; ``version`` is empty for sources outside the lake."""

    namespace: str
    name: str
    version: str = ""


@dataclass(frozen=True)
class Origin:
    """A dataset version, the run that wrote it, and the origins of what that run read."""

    dataset: DatasetVersion
    job: str = ""
    run_id: str = ""
    parent: str = ""
    inputs: tuple["Origin", ...] = ()


def walk_back(events: Iterable[Event], dataset: DatasetVersion) -> Origin:
    """The tree of origins of a dataset version, found from COMPLETE events alone.

    A dataset that no event wrote is a leaf: a source, or something older than the events.
    """
    writers: dict[DatasetVersion, Event] = {}
    for event in events:
        if event.get("eventType") == "COMPLETE":
            read = {_dataset(item) for item in event.get("inputs", [])}
            for output in event.get("outputs", []):
                # A run that reads the very version it writes (a promotion, say) says something of it and did not make it.
                if (made := _dataset(output)) not in read:
                    writers.setdefault(made, event)
    return _origin(dataset, writers)


def _origin(
    dataset: DatasetVersion, writers: Mapping[DatasetVersion, Event], below: frozenset[DatasetVersion] = frozenset()
) -> Origin:
    event = writers.get(dataset)
    if event is None or dataset in below:
        return Origin(dataset)
    inputs = dict.fromkeys(_dataset(item) for item in event.get("inputs", []))
    origins = tuple(_origin(item, writers, below | {dataset}) for item in inputs)
    parent = event["run"].get("facets", {}).get("parent", {}).get("job", {}).get("name", "")
    return Origin(dataset, event["job"]["name"], event["run"]["runId"], parent, origins)


def _dataset(item: Mapping[str, Any]) -> DatasetVersion:
    """A dataset by the name of today: older events have the lake's or the registry's whole URI for a namespace."""
    version = item.get("facets", {}).get("version", {}).get("datasetVersion", "")
    named = dataset_name(item["namespace"], item["name"])
    return DatasetVersion(named.namespace, named.name, version)
