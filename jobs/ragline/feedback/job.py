"""``ragline feedback collect`` and ``ragline feedback pairs``."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import commit_key, content_hash, doc_id
from ragline.contracts.tables import CHUNKS, FEEDBACK, QUARANTINE, TRAINING_PAIRS, Table
from ragline.errors import NothingToDo
from ragline.feedback.events import BadEvent, FeedbackEvent, parse_event
from ragline.feedback.landing import files_read_before, landed_files, read_lines, remember_files
from ragline.feedback.pairs import pair_row, pairs_of
from ragline.feedback.pseudonyms import pseudonym, pseudonym_key
from ragline.lake.commits import Commit
from ragline.lake.publications import last_published, require_published
from ragline.runtime.lineage import ExternalInput
from ragline.runtime.run import Run

Row = dict[str, Any]


def collect(run: Run) -> None:
    """Take the events of the landing folder that are not in ``feedback`` yet; bad lines go to ``quarantine``.

    Files stay where they are and may grow. An event is taken once, by its id, however often a file comes.

    Raises:
        NothingToDo: no file has anything new.
    """
    landing = run.settings.feedback.landing
    files = landed_files(landing)
    read_before = files_read_before(run.lake.uri)
    changed = sorted(uri for uri, stamp in files.items() if read_before.get(uri) != stamp)
    if not changed:
        raise NothingToDo(f"no new feedback in {landing} ({len(files)} files, all read before).")
    run.lineage.external_inputs.append(ExternalInput("file", landing))
    with run.step("read events"):
        events, refused = _read(run, changed)
    with run.step("commit"):
        _append(run, QUARANTINE, refused, "doc_id")
        version = _append(run, FEEDBACK, events, "event_id")
    remember_files(run.lake.uri, files)
    run.count("files", len(changed))
    if version is None:
        raise NothingToDo(f"every event of the {len(changed)} new or grown files was taken before or refused.")
    run.wrote(FEEDBACK, version, len(events))


def _read(run: Run, files: list[str]) -> tuple[list[Row], list[Row]]:
    key = pseudonym_key(run.lake.uri)
    events: dict[str, Row] = {}
    refused: dict[str, Row] = {}
    for uri in files:
        for line in read_lines(uri):
            event = parse_event(line)
            if isinstance(event, BadEvent):
                row = _refusal(uri, line, event)
                refused[row["doc_id"]] = row
                run.drop(event.reason)
            else:
                events.setdefault(event.event_id, _event_row(event, key))
    return list(events.values()), list(refused.values())


def _event_row(event: FeedbackEvent, key: bytes) -> Row:
    return {
        **event.model_dump(exclude={"time", "user"}),
        "user": pseudonym(event.user, key),
        "occurred_at": event.time,
    }


def _refusal(uri: str, line: bytes, bad: BadEvent) -> Row:
    digest = content_hash(line)
    return {
        "doc_id": doc_id("feedback", f"{uri}#{digest}"),
        "content_hash": digest,
        "source": "feedback",
        "source_id": digest,
        "uri": uri,
        "stage": "feedback",
        "reason": bad.reason,
        "message": bad.message[:1000],
        "seen_at": datetime.now(UTC),
        "deleted": False,
    }


def _append(run: Run, table: Table, rows: list[Row], key: str) -> int | None:
    """Append the rows whose key is new; the version written, or None if none was."""
    stored = set(run.lake.read(table, columns=[key])[key].to_pylist())
    new = [row for row in rows if row[key] not in stored]
    run.count(f"{table.name} rows", len(new))
    if not new:
        return None
    identity = commit_key(run.job, table.name, sorted(row[key] for row in new), "")
    schema = pa.schema([column for column in table.schema if column.name != "seq"])
    return run.lake.append(table, pa.Table.from_pylist(new, schema=schema), Commit(identity, run.run_id))


def make_pairs(run: Run) -> None:
    """Make training pairs of the published feedback that has not been used yet.

    The passages' texts are those of the published chunks; a pair whose passage is gone is dropped and counted.

    Raises:
        NothingToDo: no published feedback is new.
        MissingInput: no chunks have been published.
    """
    published = last_published(run.lake, FEEDBACK.name)
    if published is None:
        raise NothingToDo("no feedback has been published yet: `ragline gate feedback` checks and publishes what was collected.")
    feedback = published.version
    last = run.lake.last_commit(TRAINING_PAIRS)
    used = None if last is None else last.inputs[FEEDBACK.name]
    if used is not None and used >= feedback:
        raise NothingToDo(f"training pairs were made of feedback version {used} already.")
    chunks = require_published(run.lake, CHUNKS.name).version
    events = run.lake.read(FEEDBACK, feedback, since=used)
    pairs = pairs_of(events.to_pylist())
    ids = {chunk for pair in pairs for chunk in (pair.positive, *pair.negatives)}
    found = run.lake.read(CHUNKS, chunks, ["chunk_id", "text"], filter=pc.field("chunk_id").isin(sorted(ids)))
    texts = dict(zip(found["chunk_id"].to_pylist(), found["text"].to_pylist(), strict=True))
    rows = [row for pair in pairs if (row := pair_row(pair, texts))]
    run.read(FEEDBACK, feedback, events.num_rows)
    run.read(CHUNKS, chunks)
    run.drop("passage_gone", len(pairs) - len(rows))
    stored = set(run.lake.read(TRAINING_PAIRS, columns=["pair_id"])["pair_id"].to_pylist())
    new = list({row["pair_id"]: row for row in rows if row["pair_id"] not in stored}.values())
    run.count("pairs", len(new))
    # Committed even when empty: the commit says up to which version the feedback has been used.
    schema = pa.schema([column for column in TRAINING_PAIRS.schema if column.name != "seq"])
    inputs = {FEEDBACK.name: feedback}
    commit = Commit(commit_key(run.job, TRAINING_PAIRS.name, {"from": used, "to": feedback}, ""), run.run_id, inputs)
    version = run.lake.append(TRAINING_PAIRS, pa.Table.from_pylist(new, schema=schema), commit)
    if not new:
        raise NothingToDo(f"the {events.num_rows} new events gave no new pair.")
    run.wrote(TRAINING_PAIRS, version, len(new))
