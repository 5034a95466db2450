"""``ragline ingest``: what the sources hold becomes rows of ``documents``; what is refused, rows of ``quarantine``.

Each source is staged on its own, several at a time; then one commit of each table publishes all those that succeeded.
Airflow runs the two halves as tasks of their own: one that stages for each source, and one that commits.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from ragline.errors import NothingToDo, RaglineError, SourceError
from ragline.ingest.source import Source
from ragline.ingest.source_types import configured_sources
from ragline.ingest.sync.commit import commit
from ragline.ingest.sync.effects import COUNTED
from ragline.ingest.sync.fingerprint import ingest_fingerprint
from ragline.ingest.sync.mass_deletion import refused_deletions
from ragline.ingest.sync.options import SyncOptions
from ragline.ingest.sync.stage import stage, stage_removed
from ragline.ingest.sync.staged import Staged, discard, load, save, staging_folder
from ragline.lake.files import remove_folder
from ragline.runtime.lineage import ExternalInput
from ragline.runtime.run import Run

_SOURCES_AT_ONCE = 4
_NOTICE_SECONDS = 0.5


@dataclass(frozen=True)
class Scope:
    """What a run covers: some sources (None: all), and how they are brought up to date."""

    sources: Sequence[str] | None = None
    options: SyncOptions = SyncOptions()

    @property
    def is_everything(self) -> bool:
        """Only then does a source that is not configured any more lose its documents."""
        return self.sources is None and self.options.sample is None


def ingest(run: Run, scope: Scope) -> None:
    """Bring the lake up to what the sources hold now.

    Sources that cannot be listed to their end change nothing, nor do those that would lose too much; the others are committed
    all the same.

    Raises:
        ConfigError: a source, its options or its place are wrong; nothing was written.
        SourceError: a source could not be listed, lists nothing, or would lose too much of what the lake holds of it.
        NothingToDo: the lake holds all of it already.
        CommitConflict: other runs kept committing first.
    """
    sources = _configured(run, scope.sources)
    failed, staged = _split(_stage_all(run, sources, scope.options))
    landed, refused = _commit(run, scope, staged)
    remove_folder(staging_folder(run.lake.uri, run.run_id))  # what listing had to read
    if failed or refused:
        raise _one_error({**failed, **refused})
    _raise_if_nothing(landed)


def stage_source(run: Run, scope: Scope, name: str) -> None:
    """Stage one source under a name; ``commit_staged`` commits it.

    Raises:
        SourceError: it would lose too much, and there is no other source to which anything of it can have moved.
        NothingToDo: its documents are in the lake as they are in the source.
    """
    (source,) = _configured(run, scope.sources)
    staged = stage(run, source, scope.options, name)
    if len(run.settings.sources) == 1 and (refused := _refused(run, scope, [staged])):
        raise _one_error(refused)
    save(run.lake.uri, name, staged)
    _record(run, [staged])
    _raise_if_nothing([staged])


def commit_staged(run: Run, scope: Scope, name: str) -> None:
    """Commit all sources that were staged under a name.

    Raises:
        SourceError: a source would lose too much; the others are committed, and it stays staged.
        NothingToDo: nothing was staged, or nothing that changes the lake.
    """
    staged = load(run.lake.uri, name)
    run.lineage.external_inputs.extend(ExternalInput(*source.dataset) for source in staged if source.dataset)
    landed, refused = _commit(run, scope, staged)
    if refused:
        discard(run.lake.uri, name, [source.source for source in landed])  # so that trying again refuses again
        raise _one_error(refused)
    remove_folder(staging_folder(run.lake.uri, name))
    _raise_if_nothing(landed)


def _configured(run: Run, names: Sequence[str] | None) -> list[Source[Any]]:
    sources = configured_sources(run.settings, names)
    run.lineage.external_inputs.extend(source.dataset() for source in sources)
    return sources


def _commit(run: Run, scope: Scope, staged: list[Staged]) -> tuple[list[Staged], dict[str, BaseException]]:
    """Commit what may be committed; also returns, by source, why others may not."""
    if scope.is_everything:
        staged = [*staged, *stage_removed(run)]
    refused = _refused(run, scope, staged)
    with run.step("commit"):
        landed = commit(run, [source for source in staged if source.source not in refused], ingest_fingerprint(run.settings))
    _record(run, landed)
    return landed, refused


def _refused(run: Run, scope: Scope, staged: Sequence[Staged]) -> dict[str, BaseException]:
    if scope.options.allow_mass_delete:
        return {}
    found = refused_deletions(staged, run.settings.ingest.max_deleted_share)
    return {source: SourceError(message) for source, message in found.items()}


def _stage_all(run: Run, sources: Sequence[Source[Any]], options: SyncOptions) -> dict[str, Future[Staged]]:
    pool = ThreadPoolExecutor(min(_SOURCES_AT_ONCE, len(sources)), "ingest")
    try:
        futures = {source.name: pool.submit(stage, run, source, options, run.run_id) for source in sources}
        # An interrupt that comes just as a wait begins is only noticed when it ends.
        while wait(futures.values(), _NOTICE_SECONDS).not_done:
            pass
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # an interrupt does not wait for those that read
    return futures


def _split(futures: dict[str, Future[Staged]]) -> tuple[dict[str, BaseException], list[Staged]]:
    failed = {name: error for name, future in futures.items() if (error := future.exception())}
    return failed, [future.result() for name, future in futures.items() if name not in failed]


def _one_error(failed: dict[str, BaseException]) -> BaseException:
    if len(failed) == 1 or not all(isinstance(error, RaglineError) for error in failed.values()):
        return next(iter(failed.values()))
    return SourceError(" ".join(str(error) for error in failed.values()))


def _record(run: Run, staged: Iterable[Staged]) -> None:
    for name in COUNTED:
        run.manifest.counts.setdefault(name, 0)
    for source in staged:
        for name, number in source.counts.items():
            run.manifest.counts[name] += number
        for reason, number in source.drops.items():
            run.drop(reason, number)
        run.manifest.facts.setdefault("sources", {})[source.source] = source.facts
        if source.outdated:
            run.count("outdated", source.outdated)


def _raise_if_nothing(staged: Sequence[Staged]) -> None:
    if all(source.is_nothing for source in staged):
        unchanged = sum(source.counts["unchanged"] for source in staged)
        refused = sum(source.counts["quarantined"] for source in staged)
        more = f"; {refused:,} are in quarantine as before (ragline quarantine list)" if refused else ""
        if outdated := sum(source.outdated for source in staged):
            raise NothingToDo(f"other runs have changed the {outdated:,} items since they were listed: the next run reads them")
        raise NothingToDo(f"all {unchanged:,} documents are in the lake as they are in the sources{more}")
