"""The same work in datatrove: quality filters, then MinHash deduplication. Runs in datatrove's own environment.

JSONL reader → Gopher repetition, Gopher quality, C4 and FineWeb filters → JSONL writer; then the four MinHash stages of
datatrove's example (signatures, buckets, clusters, filter) over 5-grams → JSONL writer. Settings are datatrove's own, but:
C4 keeps lines without terminal punctuation, as in FineWeb; and output is not compressed, which is faster.

    python datatrove_pipeline.py INPUT_FOLDER WORK_FOLDER WORKERS BUCKETS HASHES_PER_BUCKET
"""

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter


def main() -> None:
    """Run the stages one after the other."""
    source, work = Path(sys.argv[1]), Path(sys.argv[2])
    workers, buckets, hashes = map(int, sys.argv[3:])
    config = MinhashConfig(n_grams=5, num_buckets=buckets, hashes_per_bucket=hashes)
    files = len(list(source.glob("*.jsonl")))
    passed, signatures, matches, clusters = (str(work / name) for name in ("passed", "signatures", "matches", "clusters"))

    def write(name: str) -> JsonlWriter:
        return JsonlWriter(str(work / name), "${rank}.jsonl", compression=None)

    def run(name: str, tasks: int, *steps: PipelineStep) -> None:
        LocalPipelineExecutor(list(steps), tasks=tasks, workers=min(workers, tasks), logging_dir=str(work / "logs" / name)).run()

    run(
        "filter",
        files,
        JsonlReader(str(source)),
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
        FineWebQualityFilter(),
        write("passed"),
    )
    run("signatures", files, JsonlReader(passed), MinhashDedupSignature(signatures, config))
    run("buckets", buckets, MinhashDedupBuckets(signatures, matches, config=config))
    run("clusters", 1, MinhashDedupCluster(matches, clusters, config, save_cluster_id=True))
    remove = MinhashDedupFilter(clusters, exclusion_writer=write("removed"), load_cluster_ids=True)
    run("deduplicate", files, JsonlReader(passed), remove, write("kept"))


if __name__ == "__main__":
    main()
