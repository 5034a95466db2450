"""What taking in so many documents would cost, by the rates of this lake's earlier runs."""

from collections import Counter
from dataclasses import dataclass

from ragline.lake.files import list_files
from ragline.lake.run_manifests import load_run_manifest


@dataclass(frozen=True)
class Cost:
    """Seconds and tokens that so many documents would take, by the rates of this lake's earlier runs."""

    documents: int
    tokens: int
    seconds: dict[str, float]


def cost(lake_uri: str, documents: int) -> Cost | None:
    """What these documents would cost; None if no earlier run shows a rate."""
    ingest, preprocess, embed = (_past_runs(lake_uri, job) for job in ("ingest", "preprocess", "embed"))
    prepared, tokens = preprocess.counts["documents"], preprocess.counts["tokens"]
    if not prepared:
        return None
    expected = round(documents * tokens / prepared)
    seconds = {
        "ingest": ingest.seconds_for(documents, ingest.counts["new"] + ingest.counts["changed"]),
        "preprocess": preprocess.seconds_for(documents, prepared),
        "embed": embed.seconds_for(expected, embed.counts["tokens"]),
    }
    return Cost(documents, expected, {job: round(needed, 1) for job, needed in seconds.items() if needed is not None})


@dataclass(frozen=True)
class _PastRuns:
    """How long the finished runs of a job took together, and the sums of their counts."""

    seconds: float
    counts: Counter[str]

    def seconds_for(self, items: int, done: int) -> float | None:
        """How long so many items would take, if ``done`` of them took all that time."""
        return items * self.seconds / done if done else None


def _past_runs(lake_uri: str, job: str) -> _PastRuns:
    manifests = (load_run_manifest(uri) for uri in list_files(f"{lake_uri}/_runs/{job}") if uri.endswith(".json"))
    done = [manifest for manifest in manifests if manifest and manifest.status == "done"]
    counts: Counter[str] = Counter()
    for manifest in done:
        counts.update(manifest.counts)
    return _PastRuns(sum(manifest.wall_seconds or 0.0 for manifest in done), counts)
