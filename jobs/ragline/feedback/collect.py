"""``ragline feedback collect``: take events from the landing folder into the table ``feedback``."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.personal_data import Action
from ragline.config.settings import Settings
from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import FEEDBACK
from ragline.errors import CommitConflict, NothingToDo
from ragline.feedback.events import BadEvent, parse_event
from ragline.feedback.lines import MAX_LINE_BYTES, Line, read_lines
from ragline.feedback.pseudonyms import pseudonym, pseudonym_key
from ragline.feedback.refused_lines import SOURCE, commit_refusals, refusal
from ragline.lake.commits import Commit
from ragline.lake.landing import files_read_before, landed_files, remember_files
from ragline.privacy.redaction import redact
from ragline.runtime.lineage import ExternalInput
from ragline.runtime.run import Run

log = logging.getLogger(__name__)

Row = dict[str, Any]

# The landing folder of every pipeline, before each had its own.
_FORMER_LANDING = Path(".ragline") / "feedback"
# What makes two events with one id the same event. The user is left out because the key of the pseudonyms may change, and the
# query because what is hidden in it may.
_SAME_EVENT = ("release", "ranked", "clicked", "corrected", "occurred_at")
_LINES_PER_COMMIT = 20_000
_ATTEMPTS = 20


def collect(run: Run) -> None:
    """Take the events of the landing folder that are not in ``feedback`` yet; lines that are no good event go to ``quarantine``.

    Files stay where they are and may grow. An event is taken once, by its id, however often a file comes, and whoever else
    collects at the same time.

    Raises:
        NothingToDo: no file has anything new.
    """
    landing = run.settings.feedback.landing
    _warn_of_former_landing(run.settings)
    files = landed_files(landing)
    read_before = files_read_before(run.lake.uri)
    changed = sorted(uri for uri, stamp in files.items() if read_before.get(uri) != stamp)
    if not changed:
        raise NothingToDo(f"no new feedback in {landing} ({len(files)} files, all read before).")
    run.lineage.external_inputs.append(ExternalInput("file", landing))
    with run.step("take events"):
        taken, version = _take(run, changed)
    remember_files(run.lake.uri, files)
    message = _message(run, taken, len(changed))
    if version is None:
        raise NothingToDo(message)
    run.manifest.message = message
    run.wrote(FEEDBACK, version, taken)


def _warn_of_former_landing(settings: Settings) -> None:
    """Say where events lie that nobody reads any more."""
    former, own = settings.root / _FORMER_LANDING, settings.root / ".ragline" / settings.pipeline / "feedback"
    if settings.feedback.landing == str(own) and (lying := sum(1 for _ in former.rglob("*.jsonl"))):
        log.warning(
            "%d files of events are in %s, once the landing folder of every pipeline. This pipeline's own is %s: move its events "
            "there, or set feedback.landing.",
            lying,
            former,
            own,
        )


def _take(run: Run, files: Sequence[str]) -> tuple[int, int | None]:
    """Commit what the files hold, some thousand lines at a time; how many events were new, and the last version written."""
    key = pseudonym_key(run.settings)
    actions = run.settings.feedback.personal_data.actions()
    taken, version = 0, None
    remaining = ((uri, line) for uri in files for line in read_lines(uri))
    while lines := list(islice(remaining, _LINES_PER_COMMIT)):
        events: list[Row] = []
        refused: list[Row] = []
        for uri, line in lines:
            read = _read_event(line, key, actions)
            if isinstance(read, BadEvent):
                refused.append(refusal(uri, line, read))
            else:
                events.append({**read, "uri": uri, "line": line})
        written, new, reused = _commit_events(run, events)
        refused += reused
        commit_refusals(run, refused)
        for row in refused:
            run.drop(row["reason"])
        taken, version = taken + new, version if written is None else written
    return taken, version


def _read_event(line: Line, key: bytes, actions: Mapping[str, Action]) -> Row | BadEvent:
    """The row of ``feedback`` of a line, with personal data in the query hidden, or why it has none."""
    if line.is_too_long:
        return BadEvent("line_too_long", f"it has more than {MAX_LINE_BYTES:,} bytes")
    event = parse_event(line.content)
    if isinstance(event, BadEvent):
        return event
    query = redact(event.query, actions)
    if query.drop is not None:
        return BadEvent("personal_data", f"event {event.event_id}: its query holds {query.drop}")
    return {
        **event.model_dump(exclude={"time", "user"}),
        "query": query.text,
        "user": pseudonym(event.user, key),
        "occurred_at": event.time,
    }


def _commit_events(run: Run, events: Sequence[Row]) -> tuple[int | None, int, list[Row]]:
    """Append the events whose id is new. The version written (None: none was new), how many events, and refusals of those whose
    id another event has.

    Raises:
        CommitConflict: other runs kept committing first.
    """
    for _ in range(_ATTEMPTS):
        base = run.lake.version(FEEDBACK)
        new, reused = _new_events(run, events, base)
        if not new:
            return None, 0, reused
        identity = commit_key(run.job, FEEDBACK.name, sorted(row["event_id"] for row in new), "")
        schema = pa.schema([column for column in FEEDBACK.schema if column.name != "seq"])
        try:
            version = run.lake.write(FEEDBACK, pa.Table.from_pylist(new, schema=schema), Commit(identity, run.run_id), base)
        except CommitConflict:
            continue  # what another run took meanwhile is not new any more
        return version, len(new), reused
    raise CommitConflict(f"Other runs kept committing to {FEEDBACK.name} in {run.lake.uri} first. Run it again.")


def _new_events(run: Run, events: Sequence[Row], base: int | None) -> tuple[list[Row], list[Row]]:
    ids = pa.array(sorted({row["event_id"] for row in events}), pa.string())
    is_asked = pc.is_in(pc.field("event_id"), ids)
    stored = run.lake.dataset(FEEDBACK, base).to_table(["event_id", *_SAME_EVENT], filter=is_asked)
    known = {row["event_id"]: row for row in stored.to_pylist()}
    new: list[Row] = []
    reused: list[Row] = []
    for row in events:
        if (before := known.setdefault(row["event_id"], row)) is row:
            new.append({name: value for name, value in row.items() if name not in ("uri", "line")})
        elif any(before[name] != row[name] for name in _SAME_EVENT):
            said = f"event {row['event_id']}: an event with this id and other content was taken before; give each its own id"
            reused.append(refusal(row["uri"], row["line"], BadEvent("event_id_reused", said)))
    return new, reused


def _message(run: Run, taken: int, files: int) -> str:
    run.count("files", files)
    run.count(f"{FEEDBACK.name} rows", taken)
    said = f"{taken:,} new events from {files:,} files" if taken else f"{files:,} new or grown files hold no new event"
    if run.manifest.drops:
        said += f"; lines refused: {', '.join(_by_reason(run))} (ragline quarantine list --source {SOURCE})"
    return f"{said}."


def _by_reason(run: Run) -> Iterator[str]:
    return (f"{number:,} {reason}" for reason, number in sorted(run.manifest.drops.items()))
