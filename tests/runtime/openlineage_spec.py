"""Check OpenLineage events against the specification.

``openlineage-python`` ships the specification as classes that were generated from its JSON schemas, one per facet, each with the
URL of its schema: every event is held against those. The schemas themselves are in no package; a copy of the folder ``spec`` of
the OpenLineage repository, named by ``RAGLINE_OPENLINEAGE_SPEC``, is used where there is one.
"""

import importlib
import json
import os
import pkgutil
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union
from urllib.parse import urlsplit

import attr
import openlineage.client.generated as generated
from jsonschema import Draft202012Validator
from openlineage.client.event_v2 import Job, Run
from referencing import Registry, Resource

_OWN_KEYS = {"_producer", "_schemaURL", "_deleted"}
_EVENT_KEYS = {"eventTime", "producer", "schemaURL", "eventType", "run", "job", "inputs", "outputs"}
_STATES = {"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"}
_DATASET_KEYS = {
    "inputs": {"namespace": str, "name": str, "facets": dict, "inputFacets": dict},
    "outputs": {"namespace": str, "name": str, "facets": dict, "outputFacets": dict},
}


def problems(event: Mapping[str, Any]) -> list[str]:
    """What is wrong with an event; nothing, if it is as the specification has it."""
    return [*_by_classes(event), *_by_schemas(event)]


def _by_classes(event: Mapping[str, Any]) -> Iterator[str]:
    if event.get("eventType") not in _STATES:
        yield f"eventType: {event.get('eventType')!r}"
    yield from (f"unknown key {key}" for key in set(event) - _EVENT_KEYS)
    yield from (f"missing key {key}" for key in _EVENT_KEYS - set(event))
    yield from _try("run", lambda: Run(runId=event["run"]["runId"]))
    yield from _try("job", lambda: Job(namespace=event["job"]["namespace"], name=event["job"]["name"]))
    for where, facet_name, facet in _facets(event):
        yield from (f"{where}.{facet_name}: {problem}" for problem in _facet_problems(facet))
    for side, keys in _DATASET_KEYS.items():
        for dataset in event.get(side, []):
            yield from (f"{side}: unknown key {key}" for key in set(dataset) - set(keys))
            wrong = (key for key, kind in keys.items() if not isinstance(dataset.get(key, kind()), kind))
            yield from (f"{side}: {key} is {dataset[key]!r}" for key in wrong)
            if not dataset.get("namespace") or not dataset.get("name"):
                yield f"{side}: a dataset without a name: {dataset}"


def _facets(event: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    holders = [("run", event["run"].get("facets", {})), ("job", event["job"].get("facets", {}))]
    for side in _DATASET_KEYS:
        for dataset in event.get(side, []):
            kinds = ("facets", "inputFacets", "outputFacets")
            holders += [(f"{side}.{kind}", dataset.get(kind, {})) for kind in kinds]
    for where, held in holders:
        yield from ((where, name, facet) for name, facet in held.items())


def _try(where: str, make: typing.Callable[[], object]) -> Iterator[str]:
    try:
        make()
    except (KeyError, ValueError, TypeError) as error:
        yield f"{where}: {type(error).__name__}: {error}"


@cache
def _classes() -> dict[str, type]:
    """The package's classes by the URL of their schema, without the version."""
    found = {}
    for module in pkgutil.iter_modules(generated.__path__):
        for value in vars(importlib.import_module(f"{generated.__name__}.{module.name}")).values():
            if isinstance(value, type) and attr.has(value) and hasattr(value, "_get_schema"):
                found[_unversioned(value._get_schema())] = value
    return found


def _unversioned(url: str) -> str:
    """``ParentRunFacet.json#/$defs/ParentRunFacet``: the last part of the path, and the fragment."""
    parts = urlsplit(url)
    return f"{parts.path.rpartition('/')[2]}#{parts.fragment}"


def _facet_problems(facet: Mapping[str, Any]) -> Iterator[str]:
    known = _classes().get(_unversioned(facet.get("_schemaURL", "")))
    if known is None:
        yield f"no facet of the specification: {facet.get('_schemaURL')!r}"
        return
    yield from _value_problems({key: value for key, value in facet.items() if key not in _OWN_KEYS}, known)


def _value_problems(value: Any, expected: Any) -> Iterator[str]:
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if expected is Any:
        return
    if origin in (Union, UnionType):
        if all(list(_value_problems(value, one)) for one in arguments):
            yield f"{value!r} is none of {expected}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{value!r} is no list"
        else:
            for item in value:
                yield from _value_problems(item, arguments[0])
    elif origin is dict:
        if not isinstance(value, dict):
            yield f"{value!r} is no object"
        else:
            for item in value.values():
                yield from _value_problems(item, arguments[1])
    elif isinstance(expected, type) and attr.has(expected):
        yield from _object_problems(value, expected)
    elif expected is NoneType:
        if value is not None:
            yield f"{value!r} is not null"
    elif expected is float:
        if not isinstance(value, int | float):
            yield f"{value!r} is no number"
    elif isinstance(expected, type) and not isinstance(value, expected):
        yield f"{value!r} is no {expected.__name__}"


def _object_problems(value: Any, expected: type) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{value!r} is no object"
        return
    hints = typing.get_type_hints(expected)
    known = {field.name: field for field in attr.fields(expected) if field.name not in _OWN_KEYS}
    yield from (f"unknown key {key} of {expected.__name__}" for key in set(value) - set(known) - _OWN_KEYS)
    for name, field in known.items():
        if name in value:
            yield from (f"{name}: {problem}" for problem in _value_problems(value[name], hints[name]))
        elif field.default is attr.NOTHING:
            yield f"missing key {name} of {expected.__name__}"


def published_schemas() -> Path | None:
    """The folder with the published schemas, if there is one here."""
    folder = os.environ.get("RAGLINE_OPENLINEAGE_SPEC")
    return Path(folder) if folder else None


@cache
def _schemas() -> tuple[dict[str, Any], Registry[Any]]:
    folder = published_schemas()
    files = [] if folder is None else [folder / "OpenLineage.json", *sorted((folder / "facets").glob("*.json"))]
    loaded = [json.loads(file.read_text()) for file in files]
    registry: Registry[Any] = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in loaded)
    return {schema["$id"].rpartition("/")[2]: schema for schema in loaded}, registry


def _by_schemas(event: Mapping[str, Any]) -> Iterator[str]:
    by_file, registry = _schemas()
    if not by_file:
        return
    yield from _schema_problems("event", event, by_file["OpenLineage.json"], registry)
    for where, name, facet in _facets(event):
        schema = by_file.get(urlsplit(facet["_schemaURL"]).path.rpartition("/")[2])
        if schema is None:
            yield f"{where}.{name}: no published schema: {facet['_schemaURL']}"
        else:
            yield from _schema_problems(f"{where}.{name}", {name: facet}, schema, registry)


def _schema_problems(where: str, value: Any, schema: Mapping[str, Any], registry: "Registry[Any]") -> Iterator[str]:
    checker = Draft202012Validator.FORMAT_CHECKER
    for error in Draft202012Validator(schema, registry=registry, format_checker=checker).iter_errors(value):
        yield f"{where}: {error.json_path}: {error.message}"
