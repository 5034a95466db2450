from pathlib import Path

import pytest

from ragline.errors import ConfigError
from ragline.evaluate.judgments import read_judgments


def beir(folder: Path, queries: str, qrels: str) -> Path:
    (folder / "qrels").mkdir()
    (folder / "queries.jsonl").write_text(queries)
    (folder / "qrels" / "test.tsv").write_text(qrels)
    return folder


def test_documents_are_mapped_and_grade_zero_is_not_relevant(tmp_path: Path) -> None:
    folder = beir(
        tmp_path,
        '{"_id": "1", "text": "who pays"}\n{"_id": "2", "text": "never judged"}\n',
        "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t0\n1\td3\t1\n",
    )
    queries = read_judgments(folder, lambda name: [f"id-{name}"])
    assert [(query.query_id, query.text, dict(query.relevant)) for query in queries] == [
        ("1", "who pays", {"id-d1": 2, "id-d3": 1})
    ]


def test_qrels_without_a_header_lose_no_line(tmp_path: Path) -> None:
    folder = beir(tmp_path, '{"_id": "1", "text": "who pays"}\n', "1\td1\t1\n")
    assert dict(read_judgments(folder, lambda name: [name])[0].relevant) == {"d1": 1}


def test_a_folder_that_is_no_beir_folder_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no qrels/\*\.tsv"):
        read_judgments(tmp_path, lambda name: [name])


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    folder = beir(tmp_path, '{"_id": "1", "text": "who pays"}\n', "query-id\tcorpus-id\tscore\n1 d1 1\n")
    with pytest.raises(ConfigError, match=r"test\.tsv, line 2"):
        read_judgments(folder, lambda name: [name])


def test_a_query_without_text_is_named(tmp_path: Path) -> None:
    folder = beir(tmp_path, '{"_id": "1"}\n', "1\td1\t1\n")
    with pytest.raises(ConfigError, match=r"queries\.jsonl, line 1"):
        read_judgments(folder, lambda name: [name])


def test_ids_that_do_not_meet_are_an_error(tmp_path: Path) -> None:
    folder = beir(tmp_path, '{"_id": "1", "text": "who pays"}\n', "one\td1\t1\n")
    with pytest.raises(ConfigError, match="differ"):
        read_judgments(folder, lambda name: [name])
