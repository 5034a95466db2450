"""A project with one pipeline and nothing in it, in which jobs are run as a person would run them."""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watched_process import Measured, watch

from ragline.lake.lake import Lake

REPOSITORY = Path(__file__).resolve().parent.parent
PIPELINE = {"pipeline": "bench", "sources": [{"name": "corpus", "type": "folder", "uri": "corpus"}]}


@dataclass(frozen=True)
class BenchProject:
    """The project's folder. Its lake is filled by the benchmark itself."""

    home: Path

    @classmethod
    def fresh(cls, home: Path, **sections: Any) -> "BenchProject":
        """A new one, in place of what is there, with further sections of the pipeline's file."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(REPOSITORY / "expectations", home / "expectations")
        (home / "conf" / "pipelines").mkdir(parents=True)
        shutil.copy(REPOSITORY / "conf" / "default.yaml", home / "conf")
        (home / "conf" / "pipelines" / "bench.yaml").write_text(json.dumps({**PIPELINE, **sections}))
        return cls(home)

    @property
    def lake(self) -> Lake:
        """The pipeline's lake."""
        return Lake(str(self.home / ".ragline" / "bench" / "lake"))

    def run(self, job: str, run_id: str, cores: int, options: Sequence[str] = (), reads: Sequence[Path] = ()) -> Measured:
        """Run a job (``gate documents``, say) as a process of its own, with Spark on so many cores."""
        command = [sys.executable, "-m", "ragline.cli", *job.split(), "-c", "bench", "--run-id", run_id]
        command += ["--set", f"spark.master=local[{cores}]", *options]
        return watch(command, self.home / f"{run_id}.log", reads, {"RAGLINE_HOME": str(self.home)})

    def manifest(self, job: str, run_id: str) -> dict:
        """The run manifest of a job."""
        return json.loads(Path(self.lake.uri, "_runs", job, f"{run_id}.json").read_text())

    def written(self, job: str, run_id: str) -> dict[str, int]:
        """The last version of each table that a run wrote."""
        return {output["name"]: output["version"] for output in self.manifest(job, run_id)["outputs"]}
