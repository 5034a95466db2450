"""A Ragline project in a temporary folder, and jobs run in it."""

import copy
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from ragline.config.loader import load_settings
from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.lake.lake import Lake
from ragline.runtime.run import Run, execute
from tests.places import CORPUS, REPOSITORY


def write_small_model(project: "Project", folder: str = "model", seed: int = 7) -> None:
    """Put an embedding model of a few kilobytes, of random weights, into the project's folder."""
    from tests.compatibility.tiny_model import write_tiny_model

    texts = [file.read_text(errors="replace") for file in sorted(project.corpus.rglob("*")) if file.is_file()]
    write_tiny_model(project.root / folder, texts, seed)


class Project:
    """A Ragline project in a folder of its own: a copy of the fixture corpus, one pipeline, the real suites."""

    def __init__(self, root: Path, pipeline: str = "handbook"):
        self.root = root
        self.pipeline = pipeline
        self.corpus = root / "corpus"
        self.config = root / "conf" / "pipelines" / f"{pipeline}.yaml"
        shutil.copytree(CORPUS, self.corpus)
        shutil.copytree(REPOSITORY / "expectations", root / "expectations")
        self.config.parent.mkdir(parents=True)
        (root / "conf" / "default.yaml").write_text("spark: {master: 'local[2]', driver_memory: 512m}\n")
        self.configure()

    def configure(self, **sections: object) -> None:
        """Write the pipeline's file: the folder source and whatever sections are given."""
        tree = {
            "pipeline": self.pipeline,
            "sources": [{"name": "handbook", "type": "folder", "uri": "corpus"}],
            "evaluation": {"min_queries": 3},
            **sections,
        }
        self.config.write_text(yaml.safe_dump(tree))

    def second(self, pipeline: str, tree: Mapping[str, object]) -> "Project":
        """Another pipeline of the same project, with a file of its own."""
        other = copy.copy(self)
        other.pipeline, other.config = pipeline, self.config.with_name(f"{pipeline}.yaml")
        other.config.write_text(yaml.safe_dump(dict(tree)))
        return other

    def settings(self, *overrides: str) -> Settings:
        """The pipeline's settings as a job would load them."""
        return load_settings(self.config, overrides)

    @property
    def lake(self) -> Lake:
        """The pipeline's lake."""
        return Lake(self.settings().lake.uri)

    def run(self, job: str, work: Callable[[Run], None], *overrides: str, run_id: str = "test") -> RunManifest:
        """Run a job function and return its manifest; look at ``status`` and ``message`` for how it ended."""
        return execute(job, self.settings(*overrides), run_id, work)
