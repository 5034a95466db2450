"""The releases' part of ``ragline maintain``: releases expire, and those that stay lose what was deleted long enough ago."""

from datetime import UTC, datetime

from ragline.lake.kept_releases import expired_releases, kept_releases
from ragline.lake.retention import documents_past_deadline
from ragline.registry.without_mlflow import registry_is_empty
from ragline.runtime.run import Run


def retain_releases(run: Run, *, dry_run: bool = False) -> list[str]:
    """Redact the releases that hold documents past their deadline, let releases expire, remove the bundles of expired ones.

    A release with an alias is replaced by a build without those documents; one without is not worth another build, and
    expires. Run it before the tables are maintained: what no release pins any more can go then.

    Returns what could not be done, in words; the rest is done all the same. ``dry_run`` changes nothing, and says in
    ``manifest.facts["releases"]`` what would be done.
    """
    retention = run.settings.retention
    past = frozenset(documents_past_deadline(run.lake, retention, datetime.now(UTC))["doc_id"].to_pylist())
    numbers = {publication.version for publication in kept_releases(run.lake)}
    idle = not past and not expired_releases(run.lake) and len(numbers) <= retention.releases
    if idle or registry_is_empty(run.settings):
        return []
    # Imported here: that nothing is to be done is known without MLflow and the index libraries.
    from ragline.index.retention_steps import RetentionSteps

    return RetentionSteps(run, past, dry_run=dry_run).carry_out()
