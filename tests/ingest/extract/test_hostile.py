import pytest

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.soundness import outcome, sound


@pytest.mark.shared_data
def test_hostile_json_parses_exactly_when_it_is_json(shared_data):
    for path in sorted((shared_data / "hostile_text/json").iterdir()):
        (found,) = sound(extract(ParseRequest(path.read_bytes(), path.name)))
        if path.name[0] in "yn":
            assert (path.name, found == "document") == (path.name, path.name[0] == "y")


@pytest.mark.shared_data
def test_hostile_mails_are_documents_all_but_few(shared_data):
    files = [path for path in sorted((shared_data / "hostile_text/emails").rglob("*")) if path.suffix == ".eml"]
    first = [sound(extract(ParseRequest(path.read_bytes(), path.name)))[0] for path in files]
    assert len(files) > 90
    assert first.count("document") >= 0.97 * len(files)


@pytest.mark.shared_data
def test_naughty_strings_are_a_document(shared_data):
    content = (shared_data / "hostile_text/blns.txt").read_bytes()
    for name in ("blns.txt", "blns.md", "blns.rst", "blns.html", "blns.csv", "blns.py", "blns.eml"):
        assert sound(extract(ParseRequest(content, name)))[0] in ("document", "parse_error"), name


@pytest.mark.shared_data
def test_every_sample_is_a_document_but_the_ones_that_cannot_be(shared_data):
    refused = {}
    for path in sorted((shared_data / "docling_samples").glob("*/sources/*")):
        found = sound(
            extract(ParseRequest(path.read_bytes(), "wrong.extension" if path.suffix not in (".md", ".csv") else path.name))
        )
        if found[0] != "document":
            refused[path.name] = found[0]
    assert refused == {"2206.01062_pg3.pdf": "encrypted", "example_image_01.png": "needs_ocr"}


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.rst", "a.csv", "a.py", "a.eml"])
@pytest.mark.parametrize(
    "text",
    [
        "one\x00two " * 30,
        "control \x01\x02\x1b[31m characters and many words around them, so that they are few",
        "right \u202eot tfel\u202c and \u2067isolated\u2069",
        "A\u0300" + "\u0301" * 5000,
        "\ufeff\ufeff marks",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 family",
        "x" * 2_000_000,
        "<" * 20_000,
        "[" * 20_000,
        "> " * 3000 + "deep",
        "*" * 20_000,
        "|" * 20_000,
        "a\u2028b\x85c\x0cd",
    ],
)  # fmt: skip
def test_odd_text_is_a_document_or_refused(name, text):
    assert outcome(text, name) in ("document", "parse_error", "empty_document")


def test_lone_surrogates_are_replaced():
    (part,) = extract(ParseRequest(b'{"title": "\\ud800x", "a": "\\udfff", "b": "\\ud83d\\ude00"}', "a.json"))
    assert part.parsed.title == "\ufffdx"
    assert part.parsed.text == "- **title**: \ufffdx\n- **a**: \ufffd\n- **b**: \U0001f600\n"
    assert outcome(b"caf\xed\xa0\x80 " * 10, "a.txt") in ("document", "invalid_encoding")


def test_files_that_hold_nothing():
    for content in (b"", b" \n\t ", b"\x00" * 1000, b"\xef\xbb\xbf"):
        for name in ("a.txt", "a.pdf", "a.json", "a.docx", "a"):
            assert outcome(content, name) in ("empty_document", "parse_error", "unsupported_type")


def test_reasons_keep_within_limits_of_depth():
    html = "<div>" * 50_000 + "deep" + "</div>" * 50_000
    assert outcome(html, "a.html") in ("document", "parse_error", "empty_document")
    assert outcome('{"a":' * 5000 + "1" + "}" * 5000, "a.json") in ("document", "parse_error")
    mail = "From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B0\n\n" + "".join(
        f"--B{n}\nContent-Type: multipart/mixed; boundary=B{n + 1}\n\n" for n in range(500)
    )
    assert outcome(mail, "a.eml") in ("document", "parse_error", "archive_too_deep")


def test_limits_hold_for_a_wide_table():
    (part,) = extract(ParseRequest(("a," * 5000 + "\n").encode() * 100, "a.csv"), ParseLimits(text_mb=2))
    sound([part])
