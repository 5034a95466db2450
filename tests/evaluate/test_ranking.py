from pathlib import Path

import pytest

from ragline.errors import ConfigError
from ragline.evaluate.ranking import rank_documents, write_trec_run


def test_a_document_ranks_by_its_best_chunk() -> None:
    assert rank_documents([(2, 0.9), (0, 0.8), (3, 0.7), (1, 0.1)], ["a", "a", "b", "b"]) == ["b", "a"]


def test_a_run_has_at_most_a_hundred_documents_a_query() -> None:
    documents = [f"d{i}" for i in range(150)]
    assert rank_documents([(i, -i) for i in range(150)], documents) == documents[:100]


def test_the_run_is_in_trecs_format(tmp_path: Path) -> None:
    file = tmp_path / "made" / "out.run"
    write_trec_run(file, {"q 1": ["x", "y"]}, {"x": "a.md", "y": "b c.md"}, "tag")
    assert file.read_text() == "q%201 Q0 a.md 1 1.000000 tag\nq%201 Q0 b%20c.md 2 0.500000 tag\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--run-file .* Is a directory"):
        write_trec_run(tmp_path, {}, {}, "tag")
