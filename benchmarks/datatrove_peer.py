"""datatrove, in an environment of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

from watched_process import Measured, watch

# Its tokenizer for English is spaCy's rules without a model, which need no download; NLTK's need one.
REQUIREMENTS = ("datatrove[processing]==0.10.1", "orjson==3.13.0", "spacy==3.8.18")
PIPELINE = Path(__file__).resolve().parent / "datatrove_pipeline.py"


def make_environment(folder: Path) -> Path:
    """Install it; returns its Python. Takes half a minute the first time, with uv's cache."""
    python, done = folder / "bin" / "python", folder / "installed"
    if done.exists() and done.read_text() == "\n".join(REQUIREMENTS):
        return python
    uv = Path(sys.executable).with_name("uv")
    command = str(uv) if uv.exists() else "uv"
    subprocess.run([command, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
    subprocess.run(
        [command, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *REQUIREMENTS], check=True
    )
    done.write_text("\n".join(REQUIREMENTS))
    return python


def run_datatrove(python: Path, documents: Path, work: Path, workers: int, banding: tuple[int, int]) -> Measured:
    """Run its pipeline over a folder of JSONL files; ``banding``: buckets, and hashes in each."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    command = [str(python), str(PIPELINE), str(documents), str(work), str(workers), *map(str, banding)]
    offline = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return watch(command, work / "output.log", sorted(documents.glob("*.jsonl")), offline)
