import json
import re
import time

import pytest

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest, Part
from ragline.ingest.reasons import REASONS
from tests.ingest.extract.archives import BILLION_LAUGHS, DOCX, OUTSIDE, open_document, zipped
from tests.places import REPOSITORY

GERMAN = "Größere Häuser stehen in der Nähe. Die Straßenbahn fährt über die Brücke, und die Äpfel wären schöner. "
POLISH = "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. "
RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью. "
GREEK = "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. "
TURKISH = (
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı "
    "kardeşlik zihniyeti ile hareket etmelidirler. "
)
ARABIC = "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا. "
JAPANESE = "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。"
CHINESE = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"
TAIWANESE = "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。"
KOREAN = "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. "
THAI = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ "


def sound(parts: list[Part]) -> list[str]:
    """The outcome of every part, after checking that each is a document that can be stored, or a documented reason."""
    assert parts
    for part in parts:
        part.name.encode()
        assert (part.parsed is None) != (part.refusal is None)
        if part.refusal:
            assert part.refusal.reason in REASONS
            part.refusal.message.encode()
            continue
        parsed = part.parsed
        assert parsed.text.strip()
        assert "\x00" not in parsed.text
        parsed.text.encode()
        parsed.title.encode()
        json.dumps(parsed.metadata).encode()
        assert list(parsed.page_starts) == sorted(parsed.page_starts)
        assert all(0 <= start <= len(parsed.text) for start in parsed.page_starts)
    return [part.refusal.reason if part.refusal else "document" for part in parts]


def outcome(content: bytes | str, name: str = "") -> str:
    (found,) = sound(extract(ParseRequest(content if isinstance(content, bytes) else content.encode(), name)))
    return found


def test_every_reason_that_the_code_gives_is_listed_and_documented():
    documented = {
        line.split("`")[1] for line in (REPOSITORY / "docs/formats.md").read_text().splitlines() if line.startswith("| `")
    }
    code = "".join(file.read_text() for file in (REPOSITORY / "jobs/ragline/ingest").rglob("*.py"))
    given = set(re.findall(r'(?:Refusal|ItemRefused)\(\s*"([a-z_]+)"', code))
    assert len(given) > 15
    assert given <= set(REASONS) <= documented


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


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"), (GERMAN, "iso8859-1"), (POLISH, "cp1250"), (POLISH, "iso8859-2"), (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"), (RUSSIAN, "cp866"), (RUSSIAN, "iso8859-5"), (GREEK, "cp1253"), (GREEK, "iso8859-7"),
        (TURKISH, "cp1254"), (ARABIC, "cp1256"), (JAPANESE, "shift_jis"), (JAPANESE, "euc-jp"),
        (JAPANESE, "iso2022_jp"), (CHINESE, "gb2312"), (CHINESE, "gb18030"), (TAIWANESE, "big5"), (KOREAN, "euc-kr"),
        (THAI, "cp874"), (GERMAN, "utf-16-le"), (GERMAN, "utf-16-be"), (RUSSIAN, "utf-16"), (JAPANESE, "utf-32"),
        (GERMAN, "utf-8-sig"),
    ],
)  # fmt: skip
def test_a_legacy_encoding_is_told_from_the_bytes(text, encoding):
    (part,) = extract(ParseRequest((text * 3).encode(encoding), "a.txt"))
    assert part.refusal is None
    assert part.parsed.text == (text * 3).strip("\n").rstrip() + "\n"
    if encoding != "utf-8-sig":
        assert part.parsed.metadata["encoding"] != "utf-8"


SHORT_TURKISH = "Sipariş numaranızı müşteri hizmetlerine bildiriniz."
HEBREW = "המשלוח יגיע למחסן בתחילת השבוע הבא."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SHORT_TURKISH, "cp1254"), (HEBREW, "cp1255"), (GERMAN, "cp437"), (GERMAN, "cp850"), (GERMAN, "mac-roman"),
        (POLISH, "cp852"), (GREEK, "cp737"), (RUSSIAN, "mac-cyrillic"), (ARABIC, "iso8859-6"), (HEBREW, "iso8859-8"),
        (JAPANESE, "cp932"), (CHINESE, "gb18030"), (TAIWANESE, "big5"), (KOREAN, "euc-kr"), (RUSSIAN, "koi8-r"),
        (GERMAN, "utf-32-le"), (GERMAN, "utf-32-be"), (THAI, "utf-32-le"), (RUSSIAN, "utf-16-le"),
        ("The printer doesn’t work – call José.", "cp1252"),
    ],
)  # fmt: skip
def test_a_sentence_is_enough_to_tell_an_encoding(text, encoding):
    (part,) = extract(ParseRequest(text.encode(encoding), "a.txt"))
    assert part.refusal is None
    assert part.parsed.text == text.strip() + "\n"
    assert part.parsed.metadata["encoding_guessed"]


LEGACY = [
    "cp437",
    "cp737",
    "cp775",
    "cp850",
    "cp852",
    "cp855",
    "cp857",
    "cp860",
    "cp861",
    "cp862",
    "cp863",
    "cp864",
    "cp865",
    "cp869",
    "cp1255",
    "cp1257",
    "cp1258",
    "iso8859-3",
    "iso8859-4",
    "iso8859-6",
    "iso8859-8",
    "iso8859-10",
    "iso8859-13",
    "iso8859-14",
    "iso8859-15",
    "iso8859-16",
    "mac-roman",
    "mac-cyrillic",
    "mac-greek",
    "koi8-u",
    "hz",
    "johab",
    "utf-7",
    "cp037",
    "cp500",
    "ptcp154",
    "iso2022_kr",
    "tis-620",
    "big5hkscs",
    "euc_jis_2004",
]


@pytest.mark.parametrize("encoding", LEGACY)
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE])
def test_any_other_encoding_ends_in_a_document_or_a_reason(text, encoding):
    content = (text * 3).encode(encoding, "replace")
    assert outcome(content, "a.txt") in ("document", "invalid_encoding", "unsupported_type", "empty_document")


def test_a_declared_encoding_is_believed_where_it_fits_and_not_where_it_does_not():
    html = '<html><head><meta charset="{}"></head><body>' + GERMAN + "</body></html>"
    for declared, actual in (("iso-8859-1", "cp1252"), ("utf-8", "cp1252"), ("windows-1252", "utf-8"), ("klingon", "utf-8")):
        (part,) = extract(ParseRequest(html.format(declared).encode(actual), "a.html"))
        if declared != "windows-1252":
            assert part.parsed.text.strip() == GERMAN.strip()


def test_bytes_that_are_no_text_in_any_sure_encoding_are_refused():
    assert outcome(b"a\xff\xfeb\x80", "a.txt") == "invalid_encoding"
    assert outcome(bytes(range(256)) * 20, "a.txt") == "unsupported_type"


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


@pytest.mark.parametrize("declaration", [BILLION_LAUGHS, OUTSIDE])
def test_entities_in_documents_are_neither_expanded_nor_fetched(declaration, tmp_path):
    (tmp_path / "secret.txt").write_text("TOP SECRET")
    declaration = declaration.replace("{path}", str(tmp_path / "secret.txt"))
    entity = "&secret;" if "secret" in declaration else "&lol9;"
    body = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>a{entity}b</w:t></w:r></w:p></w:body></w:document>'
    odt = f'<d xmlns:o="o" xmlns:text="t"><o:body><o:text><text:p>a{entity}b</text:p></o:text></o:body></d>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><text>a{entity}b</text></svg>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{entity}</sheetData></worksheet>'
    documents = {
        "a.docx": zipped({**DOCX, "word/document.xml": declaration + body}),
        "a.odt": open_document(declaration + odt),
        "a.odp": open_document(declaration + odt, "presentation"),
        "a.ods": open_document(declaration + odt, "spreadsheet"),
        "a.xlsx": zipped({"[Content_Types].xml": "<a/>", "xl/workbook.xml": declaration + sheet}),
        "a.pptx": zipped({"[Content_Types].xml": "<a/>", "ppt/presentation.xml": declaration + sheet}),
        "a.epub": zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": declaration + svg}),
        "a.svg": (declaration + svg).encode(),
        "a.html": (declaration + f"<html><body><p>a{entity}b</p></body></html>").encode(),
        "a.xml": (declaration + f"<a>a{entity}b</a>").encode(),
    }
    for name, content in documents.items():
        (part,) = extract(ParseRequest(content, name))
        sound([part])
        if part.parsed:
            assert "TOP SECRET" not in part.parsed.text
            assert len(part.parsed.text) < 5000, name


def test_an_open_document_that_declares_entities_is_refused_in_any_encoding():
    text = BILLION_LAUGHS.replace("?>", ' encoding="utf-16"?>', 1) + "<d/>"
    content = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": text.encode("utf-16")})
    assert outcome(content) == "unsafe_xml"


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


def test_a_page_of_tags_that_are_never_closed_keeps_its_words():
    (part,) = extract(ParseRequest(b"<html><body>" + b"<ul><li>word " * 5000, "a.html"))
    assert part.parsed.text.split() == ["word"] * 5000


def test_utf_16_with_lone_surrogates_keeps_the_rest():
    (part,) = extract(ParseRequest(b"\xff\xfe" + b"\x00\xd8" + "words".encode("utf-16-le"), "a.txt"))
    assert part.parsed.text == "\ufffdwords\n"
    assert outcome(b"\xff\xfe" + "words".encode("utf-16-le") + b"x", "a.txt") == "invalid_encoding"


def test_a_page_that_begins_with_many_comments_is_told_in_time():
    content = b"<!--" + b"--><!--" * 1000 + b" " * 4000
    started = time.monotonic()
    outcome(content, "a")
    assert time.monotonic() - started < 5


def test_cells_that_repeat_inside_cells_that_repeat_are_no_bomb():
    names = 'xmlns:office="o" xmlns:text="t" xmlns:table="b"'
    content = "<text:p>x</text:p>"
    for _ in range(8):
        cell = f'<table:table-cell table:number-columns-repeated="50">{content}</table:table-cell>'
        content = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    document = f"<office:d {names}><office:body><office:text>{content}</office:text></office:body></office:d>"
    (part,) = extract(ParseRequest(open_document(document), "a.odt"))
    assert part.parsed.text.count("x") == 50


def test_limits_hold_for_a_wide_table():
    (part,) = extract(ParseRequest(("a," * 5000 + "\n").encode() * 100, "a.csv"), ParseLimits(text_mb=2))
    sound([part])
