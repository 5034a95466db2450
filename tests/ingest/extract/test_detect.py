import time

import pytest

from tests.ingest.extract.archives import DOCX, zipped
from tests.ingest.extract.extracted import only
from tests.ingest.extract.soundness import outcome

CODE = "def add(a, b):\n    # not a heading\n    return a + b\n"


@pytest.mark.parametrize("name", ["letter.docx", "letter.pdf", "letter.txt", "letter", "letter.zip"])
def test_the_content_decides_what_a_binary_file_is(name):
    part = only(zipped(DOCX), name, "text/plain")
    assert (part.media_type.rpartition(".")[2], part.parsed.text) == ("document", "Words of a letter.\n")


@pytest.mark.parametrize(
    ("content", "name", "declared", "media_type"),
    [
        ("# A\n", "a.md", "", "text/markdown"),
        ("# A\n", "a.txt", "", "text/plain"),
        ("# A\n", "a.txt", "text/markdown", "text/markdown"),
        ("# A\n", "a.docx", "", "text/plain"),
        ("A\n=\n", "a.rst", "", "text/x-rst"),
        ("<!DOCTYPE html><p>a</p>", "a.txt", "", "text/html"),
        ("<html><p>a</p></html>", "a.docx", "", "text/html"),
        ("<p>a</p>", "a", "text/html; charset=utf-8", "text/html"),
        ("a,b\n1,2\n", "a.csv", "", "text/csv"),
        ('{"a": 1}', "a", "", "application/json"),
        ('{"a": 1}', "a.txt", "", "text/plain"),
        ('{"a": 1}\n{"a": 2}\n', "a.jsonl", "", "application/jsonl"),
        ("From: a@x.example\nTo: b@x.example\nSubject: s\n\nWords\n", "a.txt", "", "message/rfc822"),
        ("From: here\nTo: there\n", "a.txt", "", "text/plain"),
        (CODE, "a.py", "", "text/x-source-python"),
        (CODE, "a", "text/x-source-python", "text/x-source-python"),
        ("<?xml version='1.0'?><a>b</a>", "a", "", "text/x-source-xml"),
    ],
)
def test_of_texts_the_name_and_the_declared_type_settle_what_the_content_leaves_open(content, name, declared, media_type):
    part = only(content, name, declared)
    assert part.refusal is None
    assert part.media_type == media_type


def test_a_page_that_begins_with_many_comments_is_told_in_time():
    content = b"<!--" + b"--><!--" * 1000 + b" " * 4000
    started = time.monotonic()
    outcome(content, "a")
    assert time.monotonic() - started < 5
