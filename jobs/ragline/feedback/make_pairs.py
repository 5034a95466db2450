"""``ragline feedback pairs``: make training pairs of what users chose."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import CHUNKS, DOCUMENTS, FEEDBACK, TRAINING_PAIRS
from ragline.errors import CommitConflict, NothingToDo
from ragline.feedback.pairs import Find, Paired, choices_of, pair_row, pairs_of
from ragline.feedback.shown_passages import ShownPassage, find_shown
from ragline.lake.commits import Commit
from ragline.lake.live_passages import live_passages
from ragline.lake.living_pairs import NEGATIVES, living_pairs
from ragline.lake.publications import RELEASE, Publication, last_published, require_published
from ragline.runtime.run import Run

log = logging.getLogger(__name__)

Row = dict[str, Any]

_ATTEMPTS = 20
_SCHEMA = pa.schema([column for column in TRAINING_PAIRS.schema if column.name != "seq"])


def make_pairs(run: Run) -> None:
    """Make training pairs of the published feedback, and take those out whose passage the corpus holds no more.

    A passage is looked up in the release that showed it. A choice that gave no pair is tried again for
    ``feedback.retry_days``, whenever feedback, chunks, documents or releases are others than the last time.

    Raises:
        NothingToDo: nothing is new, or it gave nothing.
        MissingInput: no chunks have been published.
    """
    feedback = last_published(run.lake, FEEDBACK.name)
    if feedback is None:
        raise NothingToDo("no feedback has been published yet: `ragline gate feedback` checks and publishes what was collected.")
    chunks = require_published(run.lake, CHUNKS.name)
    inputs = _inputs(run, feedback, chunks)
    last = run.lake.last_commit(TRAINING_PAIRS)
    if last is not None and dict(last.inputs) == inputs:
        raise NothingToDo("training pairs were made of this feedback, with these chunks and releases, already.")
    events = _events(run, feedback.version, None if last is None else last.inputs.get(FEEDBACK.name))
    run.read(FEEDBACK, feedback.version, len(events))
    run.read(CHUNKS, chunks.version)
    with run.step("find the passages"):
        paired = pairs_of(events, _finder(run, events, chunks))
    for reason, number in paired.without.items():
        run.drop(reason, number)
    version = _commit(run, paired, inputs)
    run.manifest.message = _message(run, len(events), paired)
    if version is None:
        raise NothingToDo(run.manifest.message)
    run.wrote(TRAINING_PAIRS, version, run.manifest.counts["pairs"])


def _inputs(run: Run, feedback: Publication, chunks: Publication) -> dict[str, int]:
    """The versions of all that a passage may be found or lost by."""
    release = last_published(run.lake, RELEASE)
    return {
        FEEDBACK.name: feedback.version,
        CHUNKS.name: chunks.version,
        DOCUMENTS.name: run.lake.version(DOCUMENTS) or 0,
        RELEASE: release.version if release else 0,
    }


def _events(run: Run, version: int, used: int | None) -> list[Row]:
    """The events that are new, and those young enough to be tried again."""
    young = pc.field("occurred_at") >= pa.scalar(datetime.now(UTC) - timedelta(days=run.settings.feedback.retry_days))
    wanted = young | (pc.field("seq") > (-1 if used is None else used))
    rows = run.lake.dataset(FEEDBACK, version).to_table(filter=wanted)
    events: list[Row] = rows.sort_by([("occurred_at", "ascending"), ("event_id", "ascending")]).to_pylist()
    return events


def _finder(run: Run, events: Sequence[Row], chunks: Publication) -> Find:
    """What gives the passage that a release showed under a chunk id."""
    wanted: dict[int, set[str]] = {}
    for event in events:
        if choices := choices_of(event):
            wanted.setdefault(event["release"], set()).update(choices, event["ranked"] or ())
    shown = find_shown(run.lake, wanted, chunks)
    living = live_passages(run.lake, (passage.ref for passage in shown.passages.values()))

    def find(release: int, chunk: str) -> ShownPassage | str:
        passage = shown.passages.get((release, chunk))
        if passage is None:
            return shown.missing[release]
        return passage if passage.ref in living else "passage_gone"

    return find


def _commit(run: Run, paired: Paired, inputs: dict[str, int]) -> int | None:
    """Commit new and changed pairs, and the deletion of those whose passages are gone; None if there are none of either.

    Committed even when there are none: the commit says what has been tried.

    Raises:
        CommitConflict: other runs kept committing first.
    """
    for _ in range(_ATTEMPTS):
        base = None if run.lake.version(TRAINING_PAIRS) is None else run.lake.ensure(TRAINING_PAIRS)
        stored = {row["pair_id"]: row for row in run.lake.read(TRAINING_PAIRS, base).to_pylist()}
        living = {row["pair_id"]: row for row in living_pairs(run.lake, stored.values())}
        gone = [_deletion(name) for name in stored if name not in living]
        thinner = {name: row for name, row in living.items() if row["negatives"] != stored[name]["negatives"]}
        made = {name: row for name, pair in paired.pairs.items() if (row := pair_row(pair, living.get(name)))}
        rows = pa.Table.from_pylist([*gone, *{**thinner, **made}.values()], schema=_SCHEMA)
        key = commit_key(run.job, TRAINING_PAIRS.name, {"base": base, **inputs}, "")
        try:
            version = run.lake.write(TRAINING_PAIRS, rows, Commit(key, run.run_id, inputs), base)
        except CommitConflict:
            continue
        run.count("pairs", sum(name not in stored for name in made))
        run.count("pairs changed", len({*thinner, *made} & stored.keys()))
        run.count("pairs of gone passages", len(gone))
        return version if rows.num_rows else None
    raise CommitConflict(f"Other runs kept committing to {TRAINING_PAIRS.name} in {run.lake.uri} first. Run it again.")


def _deletion(pair: str) -> Row:
    """The row that says that a pair is gone, with nothing of what it held."""
    return {**dict.fromkeys(_SCHEMA.names), "pair_id": pair, **{name: [] for name in NEGATIVES}, "deleted": True}


def _message(run: Run, events: int, paired: Paired) -> str:
    counts = run.manifest.counts
    said = [f"{events:,} events gave {counts['pairs']:,} new training pairs"]
    if counts["pairs changed"]:
        said.append(f"{counts['pairs changed']:,} changed")
    if counts["pairs of gone passages"]:
        said.append(f"{counts['pairs of gone passages']:,} pairs left with their passages")
    if paired.without:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in sorted(paired.without.items()))
        said.append(f"choices that gave none, and are tried again for {run.settings.feedback.retry_days} days: {reasons}")
    return "; ".join(said) + "."
