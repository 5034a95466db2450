"""Hold data frames against suites, with Great Expectations in a context that lives as long as the check."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ragline.errors import ConfigError
from ragline.gates.data_docs import add_data_docs, build_data_docs
from ragline.gates.fact_counts import SAMPLES

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.data_context import EphemeralDataContext


@dataclass(frozen=True)
class Check:
    """A frame, the suite it is held against, and the columns that name a row of it."""

    name: str
    suite: Mapping[str, Any]
    frame: "pd.DataFrame"
    key: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """How one expectation came out: on how many rows it failed (where it counts rows), with some of their keys.

    ``allowed``: its bounds, in words. ``meta``: what its suite says of it.
    """

    expectation: str
    column: str | None
    success: bool
    rows: int | None = None
    observed: Any = None
    samples: list[str] = field(default_factory=list)
    allowed: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


def validate(checks: Sequence[Check], docs_folder: str | None) -> tuple[list[Outcome], str | None]:
    """Run every check; also build Data Docs in ``docs_folder``, if there is one.

    Returns the outcomes, in the order of the suites, and the path of the Data Docs' index page.

    Raises:
        ConfigError: a suite names an expectation or an argument that does not exist.
    """
    logging.getLogger("great_expectations").setLevel(logging.ERROR)  # it says hundreds of things while it is imported
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    add_data_docs(context, docs_folder)
    source = context.data_sources.add_pandas("lake")
    outcomes: list[Outcome] = []
    for check in checks:
        batch = source.add_dataframe_asset(check.name).add_batch_definition_whole_dataframe("all")
        outcomes += [_outcome(result, check.key) for result in _run(context, check, batch).results]
    return outcomes, build_data_docs(context, docs_folder)


def _run(context: "EphemeralDataContext", check: Check, batch: Any) -> "ExpectationSuiteValidationResult":
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    try:
        # Built one by one: a suite leaves out, with no more than a line in the log, what it cannot build.
        expectations = [ExpectationConfiguration(**entry).to_domain_obj() for entry in check.suite["expectations"]]
        suite = gx.ExpectationSuite(name=check.name, expectations=expectations, meta=check.suite.get("meta"))
        definition = gx.ValidationDefinition(name=check.name, data=batch, suite=context.suites.add(suite))
    except Exception as error:  # GX raises errors of its own, pydantic's and plain ones for a bad suite
        raise ConfigError(f"The suite {check.name}.json is not one that Great Expectations reads: {error}") from error
    shown: dict[str, Any] = {"result_format": "BASIC"}
    if check.key:
        names = list(check.key)
        shown = {"result_format": "SUMMARY", "partial_unexpected_count": SAMPLES, "unexpected_index_column_names": names}
    added = context.validation_definitions.add(definition)
    return added.run(batch_parameters={"dataframe": check.frame}, result_format=shown)


def _outcome(result: "ExpectationValidationResult", key: Sequence[str]) -> Outcome:
    config = result.expectation_config
    if config is None:
        raise ConfigError("Great Expectations gave a result without its expectation; the suite cannot be judged.")
    if message := _raised(result.exception_info):
        raise ConfigError(f"The expectation {config.type} with {dict(config.kwargs)} cannot be evaluated: {message}")
    found = result.result
    indices = found.get("partial_unexpected_index_list") or []
    return Outcome(
        expectation=config.type,
        column=config.kwargs.get("column"),
        success=bool(result.success),
        rows=found.get("unexpected_count"),
        observed=_plain(found.get("observed_value")),
        samples=[" ".join(str(index.get(name)) for name in key) for index in indices][:SAMPLES],
        allowed=_bounds(config.kwargs),
        meta=config.meta or {},
    )


def _bounds(kwargs: Mapping[str, Any]) -> str:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}" if high is not None else ""


def _raised(info: Mapping[str, Any] | None) -> str:
    """The message of an error while evaluating; that of a metric is kept one level down, under the metric's name."""
    for value in (info or {}, *(info or {}).values()):
        if isinstance(value, Mapping) and value.get("raised_exception"):
            return str(value.get("exception_message") or "no message")
    return ""


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
