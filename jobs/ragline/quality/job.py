"""``ragline gate TABLE``: check the newest version of a table against its suites, and publish it if it passes."""

from pathlib import Path

import pyarrow.types as types

from ragline.contracts.tables import DOCUMENTS, TABLES, Table
from ragline.errors import GateFailed, NothingToDo
from ragline.quality.data_docs import data_docs_folder
from ragline.quality.deletions import write_tombstones
from ragline.quality.downstream import downstream_is_behind
from ragline.quality.facts import Facts
from ragline.quality.facts_by_table import facts_of
from ragline.quality.suites import Suites, load_suites
from ragline.quality.validation import Check, Outcome, validate
from ragline.quality.verdict import describe_failures, with_fact_rows
from ragline.runtime.lake import CommitInfo
from ragline.runtime.lineage import Assertion
from ragline.runtime.publications import Publication, last_published, publish
from ragline.runtime.run import Run


def gate(run: Run, table: str) -> None:
    """Check the newest version of ``table``; publish it if it passes.

    The newest version is that of the last commit a job made: compaction makes versions too, with the same rows.
    Decided before anything heavy is imported: a version that was checked with these suites is not checked again.

    Raises:
        ConfigError: the table has no gate or no suite that can be read.
        GateFailed: an expectation does not hold; nothing was published.
        NothingToDo: the table has no version yet, or its newest is published and what comes after it is up to date.
    """
    suites = load_suites(Path(run.settings.quality.suites), table)
    newest = run.lake.last_commit(TABLES[table])
    if newest is None:
        raise NothingToDo(
            f"table {table} in {run.lake.uri} has no version to check: the stage that makes it has made nothing yet."
        )
    run.manifest.facts.update(table=table, version=newest.version, published=False, event=False)
    last = last_published(run.lake, table)
    is_new = last is None or last.version != newest.version
    if is_new or last is None or last.suite_fingerprint != suites.fingerprint:
        _check(run, TABLES[table], newest.version, suites)
        _publish(run, newest, table, suites, last)
    else:
        run.read(table, newest.version)
    if not is_new and not downstream_is_behind(run, table, newest.version):
        raise NothingToDo(f"version {newest.version} of {table} is published, and what is made of it is up to date")
    run.manifest.facts["event"] = True


def _check(run: Run, table: Table, version: int, suites: Suites) -> None:
    facts = Facts({})
    with run.step("compute facts"):
        if suites.facts is not None:
            facts = facts_of(run, table, version)
    with run.step("validate"):
        outcomes, page = validate(_checks(run, table, version, suites, facts), data_docs_folder(run.lake.uri, table.name))
    outcomes = [with_fact_rows(outcome, facts) for outcome in outcomes]
    run.manifest.facts["data_docs"] = page
    run.lineage.assertions[table.name] = [Assertion(o.expectation, o.success, o.column) for o in outcomes]
    run.count("expectations", len(outcomes))
    _judge(run, table, version, outcomes)


def _checks(run: Run, table: Table, version: int, suites: Suites, facts: Facts) -> list[Check]:
    import pandas as pd

    # Lists (and so vectors) are judged by facts: pandas would hold each as an object.
    scalar = [field.name for field in table.schema if not types.is_list(field.type)]
    checks = []
    rows = None
    if suites.rows is not None:
        frame = run.lake.read(table, version, columns=scalar).to_pandas()
        rows = len(frame)
        checks.append(Check(table.name, suites.rows, frame, table.key))
    if suites.facts is not None:
        rows = int(facts.values["rows"])
        checks.append(Check(f"{table.name}.facts", suites.facts, pd.DataFrame([dict(facts.values)])))
    run.read(table, version, rows)
    return checks


def _judge(run: Run, table: Table, version: int, outcomes: list[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if not outcome.success]
    run.manifest.facts["failed_expectations"] = [vars(outcome) for outcome in failed]
    if failed:
        page = run.manifest.facts["data_docs"]
        raise GateFailed(
            f"Version {version} of table {table.name} fails {len(failed)} of {len(outcomes)} expectations and was not "
            f"published: {describe_failures(failed)}." + (f" Report: {page}" if page else "")
        )


def _publish(run: Run, newest: CommitInfo, table: str, suites: Suites, last: Publication | None) -> None:
    if table == DOCUMENTS.name and last is not None:
        run.count("tombstones", write_tombstones(run, newest.version, last.version))
    publication = Publication(
        table=table,
        version=newest.version,
        run_id=run.run_id,
        suite_fingerprint=suites.fingerprint,
        config_fingerprint=newest.fingerprint,
        inputs=newest.inputs,
        gate_result={"expectations": run.manifest.counts["expectations"], "failed": 0},
    )
    publish(run.lake, publication)
    run.manifest.facts["published"] = True
