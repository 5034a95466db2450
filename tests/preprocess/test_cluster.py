"""One core, two cores, a cluster: the same rows."""

import random
from pathlib import Path

import pytest

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DUPLICATES
from ragline.lake.lake import Lake
from tests.integration.spark_cluster import cluster_settings, spark_cluster
from tests.preprocess.cluster_runs import preprocess_apart
from tests.preprocess.corpus import Corpus
from tests.project import Project

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

TABLES = (CHUNKS, DOCUMENT_STATE, CHUNK_STATE, DUPLICATES)
CORPUS = Path(__file__).parent.parent / "corpus"

# Of an executor's memory Spark itself gets this share: with 512 MB some 2 MB, less than the texts. Its pages are of 1 MB
# at least unless it is told otherwise: two of them would be all there is.
LITTLE_MEMORY = "spark.memory.fraction: '0.01', spark.buffer.pageSize: 64k"


def corpus_of(folder: Path, documents: int) -> Corpus:
    """Documents of words in any order, 2.5 MB in all; every tenth is an exact copy, every tenth a near one, one is long."""
    words = random.Random(5)
    lexicon = _words()

    def text(sentences: int) -> str:
        return " ".join(" ".join(words.choices(lexicon, k=12)).capitalize() + "." for _ in range(sentences))

    texts: dict[str, str] = {}
    for number in range(documents):
        fresh = f"# {text(1)}\n\n{text(20)}\n\n## {text(1)}\n\n{text(20)}"
        earlier = words.choice(list(texts.values())) if texts else fresh
        texts[f"{number:05}"] = {3: earlier.upper(), 7: f"{earlier} {text(1)}"}.get(number % 10, fresh)
    texts["long"] = "\n\n".join(text(10) for _ in range(1800))
    corpus = Corpus(Project(folder))
    for start in range(0, documents, 250):
        names = list(texts)[start : start + 250]
        corpus.write({name: texts[name] for name in names})
    corpus.write({"long": texts["long"]})
    return corpus


def _words() -> list[str]:
    text = " ".join(file.read_text("utf-8") for file in sorted(CORPUS.rglob("*.md")))
    return sorted({word for word in text.lower().split() if word.isalpha()})


def tables(lake: Lake) -> list[list[str]]:
    return [sorted(map(repr, lake.read(table).drop_columns(["seq"]).to_pylist())) for table in TABLES]


def test_same_rows_on_one_core_on_two_and_on_a_cluster_with_less_memory_than_the_texts(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "project", 200)
    found = {}
    for cores in (1, 2):
        preprocess_apart(corpus.project, f"spark.master=local[{cores}]")
        found[cores] = tables(corpus.lake)
    with spark_cluster(tmp_path / "cluster") as master:
        where, conf = cluster_settings(master)
        preprocess_apart(corpus.project, where, conf.replace("spark.executor.memory", f"{LITTLE_MEMORY}, spark.executor.memory"))
    assert len(found[1][0]) > 2000
    assert len(found[1][3]) >= 35
    assert found[1] == found[2]
    assert found[1] == tables(corpus.lake)
