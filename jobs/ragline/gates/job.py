"""``ragline gate TABLE``: check the newest version of a table against its suites, and publish it if it passes."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragline.contracts.tables import CHUNKS, DOCUMENTS, TABLES, Table
from ragline.errors import GateFailed, NothingToDo
from ragline.gates.counted_suite import CountedSuite, columns_of, counted_suite
from ragline.gates.data_docs import data_docs_folder
from ragline.gates.deletions import withdraw_from_chunks, write_tombstones
from ragline.gates.downstream import downstream_is_behind
from ragline.gates.facts import Facts
from ragline.gates.failure_message import describe_failures, with_facts
from ragline.gates.inspection import Inspection
from ragline.gates.suites import Suites, load_suites
from ragline.gates.validation import Check, Outcome, validate
from ragline.lake.commits import CommitInfo
from ragline.lake.publications import Publication, last_published, publish
from ragline.runtime.lineage import Assertion
from ragline.runtime.run import Run

if TYPE_CHECKING:
    import pandas as pd


def gate(run: Run, table: str) -> None:
    """Check the newest version of ``table``; publish it if it passes.

    The newest version is that of the last commit a job made: compaction makes versions too, with the same rows.
    Decided before anything heavy is imported: a version that was checked with these suites is not checked again.

    Raises:
        ConfigError: the table has no gate or no suite that can be read.
        GateFailed: an expectation does not hold; nothing was published.
        NothingToDo: the table has no version yet, or its newest is published and what comes after it is up to date.
    """
    suites = load_suites(Path(run.settings.gates.suites), table)
    newest = run.lake.last_commit(TABLES[table])
    if newest is None:
        raise NothingToDo(
            f"table {table} in {run.lake.uri} has no version to check: the stage that makes it has made nothing yet."
        )
    run.manifest.facts.update(table=table, version=newest.version, published=False, event=False)
    last = last_published(run.lake, table)
    is_new = last is None or last.version != newest.version
    if is_new:
        _hide(run, newest, table, last)
    if is_new or last is None or last.suite_fingerprint != suites.fingerprint:
        facts = _check(run, TABLES[table], newest.version, suites, last)
        _publish(run, newest, table, suites, last, facts)
    else:
        run.read(table, newest.version)
    if not is_new and not downstream_is_behind(run, table, newest.version):
        raise NothingToDo(f"version {newest.version} of {table} is published, and what is made of it is up to date")
    run.manifest.facts["event"] = True


def _hide(run: Run, newest: CommitInfo, table: str, last: Publication | None) -> None:
    """Hide from every search what is gone. It waits for no suite: a version that fails may be wrong about many things, but what
    left its source must not be found."""
    if table == DOCUMENTS.name and last is not None:
        run.count("tombstones", write_tombstones(run, newest.version, last.version))
    elif table == CHUNKS.name and DOCUMENTS.name in newest.inputs:
        withdraw_from_chunks(run, newest.inputs[DOCUMENTS.name])


def _check(run: Run, table: Table, version: int, suites: Suites, last: Publication | None) -> Facts:
    """Judge a version; the facts are kept with its publication.

    Rows that were there when the last version passed the same suites are not looked at one by one again.
    """
    rows = counted_suite(suites.rows, table) if suites.rows is not None else None
    passed = last is not None and last.suite_fingerprint == suites.fingerprint and last.version < version
    since = last.version if last is not None and passed else None
    # Only now: a version that is published already is not checked, and nothing of Spark is imported.
    from ragline.gates.facts_by_table import facts_of

    with run.step("compute facts"):
        facts = facts_of(Inspection(run, table, version, rows.rules if rows else (), since, last))
    run.read(table, version, int(facts.values["rows"] or 0))
    run.manifest.facts["rows_checked"] = facts.values["rows_checked"]
    with run.step("validate"):
        checks = _checks(run, table, version, suites, rows, facts)
        outcomes, page = validate(checks, data_docs_folder(run.lake.uri, table.name))
    outcomes = [with_facts(outcome, facts) for outcome in outcomes]
    run.manifest.facts["data_docs"] = page
    run.lineage.assertions[table.name] = [Assertion(o.expectation, o.success, o.column) for o in outcomes]
    run.count("expectations", len(outcomes))
    _judge(run, table, version, outcomes)
    return facts


def _checks(run: Run, table: Table, version: int, suites: Suites, rows: CountedSuite | None, facts: Facts) -> list[Check]:
    checks = []
    if rows is not None:
        checks.append(Check(table.name, rows.counted, _one_row(rows.counted, facts)))
        if rows.others is not None:
            frame = run.lake.read(table, version, columns=columns_of(rows.others, table)).to_pandas()
            checks.append(Check(f"{table.name}.rows", rows.others, frame, table.key))
    if suites.facts is not None:
        checks.append(Check(f"{table.name}.facts", suites.facts, _one_row(suites.facts, facts)))
    return checks


def _one_row(suite: Mapping[str, Any], facts: Facts) -> "pd.DataFrame":
    """The facts that a suite names: pandas takes its time over each column for each condition."""
    import pandas as pd

    named = " ".join(str(value) for entry in suite["expectations"] for value in entry.get("kwargs", {}).values())
    return pd.DataFrame([{fact: value for fact, value in facts.values.items() if fact in named}])


def _judge(run: Run, table: Table, version: int, outcomes: list[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if not outcome.success]
    run.manifest.facts["failed_expectations"] = [vars(outcome) for outcome in failed]
    if failed:
        page, hidden = run.manifest.facts["data_docs"], run.manifest.counts.get("tombstones", 0)
        raise GateFailed(
            f"Version {version} of table {table.name} fails {len(failed)} of {len(outcomes)} expectations and was not "
            f"published: {describe_failures(failed)}."
            + (f" Hidden from searches all the same: {hidden:,} deleted documents." if hidden else "")
            + (f" Report: {page}" if page else "")
        )


def _publish(run: Run, newest: CommitInfo, table: str, suites: Suites, last: Publication | None, facts: Facts) -> None:
    publication = Publication(
        table=table,
        version=newest.version,
        run_id=run.run_id,
        suite_fingerprint=suites.fingerprint,
        config_fingerprint=newest.fingerprint,
        inputs=newest.inputs,
        gate_result={
            "expectations": run.manifest.counts["expectations"],
            "failed": 0,
            "facts": facts.values,
            "details": facts.details,
        },
    )
    publish(run.lake, publication)
    run.manifest.facts["published"] = True
