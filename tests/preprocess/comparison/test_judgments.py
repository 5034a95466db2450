import csv
import json
from pathlib import Path

import pytest

from ragline.errors import ConfigError
from ragline.preprocess.comparison.judgments import Question, read_span_judgments
from ragline.preprocess.comparison.span_metrics import Span

TEXT = "Cats purr. Dogs bark."
DOGS = {"content": "Dogs bark.", "start_index": 11, "end_index": 21}


def write(folder: Path, references: object, corpus: str = "pets", question: str = "Who barks?") -> Path:
    (folder / "pets.md").write_text(TEXT)
    with (folder / "questions_df.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["question", "references", "corpus_id"])
        writer.writerow([question, references if isinstance(references, str) else json.dumps(references), corpus])
    return folder


def test_questions_lead_to_spans_of_their_corpus(tmp_path: Path) -> None:
    judgments = read_span_judgments(write(tmp_path, [DOGS]))
    assert judgments.corpora == {"pets": TEXT}
    assert judgments.questions == (Question("Who barks?", "pets", (Span("pets", 11, 21),)),)


@pytest.mark.parametrize(
    ("references", "said"),
    [
        ([DOGS | {"end_index": 20}], "row 1: characters 11 to 20 of corpus pets are not the reference's content 'Dogs bark.'"),
        ([DOGS | {"start_index": -1}], "characters -1 to 21"),
        ([{"content": "Dogs bark."}], "a reference needs content, start_index and end_index"),
        (["Dogs bark."], "a reference needs content, start_index and end_index"),
        ([], "needs a question and a non-empty JSON list"),
        ("[{", "row 1: references is not JSON"),
    ],
)
def test_references_that_are_not_in_the_text_are_refused(tmp_path: Path, references: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_span_judgments(write(tmp_path, references))


@pytest.mark.parametrize("corpus", ["birds", "../pets", ""])
def test_question_about_no_corpus_is_refused(tmp_path: Path, corpus: str) -> None:
    with pytest.raises(ConfigError, match=r"there is no .*\.md or .*\.txt"):
        read_span_judgments(write(tmp_path, [DOGS], corpus=corpus))


def test_missing_columns_are_named(tmp_path: Path) -> None:
    (tmp_path / "questions_df.csv").write_text("question,answer\nWho?,Dogs\n")
    with pytest.raises(ConfigError, match="has no column references, corpus_id"):
        read_span_judgments(tmp_path)


def test_beir_folder_is_told_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    with pytest.raises(ConfigError, match="It is a BEIR folder.*ragline evaluate --judgments"):
        read_span_judgments(tmp_path)
