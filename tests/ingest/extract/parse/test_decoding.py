import codecs

import pytest

from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.parse.media_types import parse
from ragline.ingest.extract.part import ParseRequest
from ragline.ingest.item import ItemRefused
from tests.ingest.extract.parse.parsed import text_of
from tests.ingest.extract.soundness import outcome


@pytest.mark.parametrize(
    "content", [codecs.BOM_UTF8 + "é".encode(), "é".encode("utf-16"), codecs.BOM_UTF16_BE + "é".encode("utf-16-be")]
)
def test_a_byte_order_mark_says_the_encoding(content):
    assert text_of(content, "text/plain") == "é\n"


def test_a_declared_charset_is_used():
    assert text_of("é".encode("latin-1"), "text/plain; charset=ISO-8859-1") == "é\n"
    with pytest.raises(ItemRefused, match="klingon"):
        parse(b"x", "text/plain; charset=klingon")


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


def test_utf_16_with_lone_surrogates_keeps_the_rest():
    (part,) = extract(ParseRequest(b"\xff\xfe" + b"\x00\xd8" + "words".encode("utf-16-le"), "a.txt"))
    assert part.parsed.text == "\ufffdwords\n"
    assert outcome(b"\xff\xfe" + "words".encode("utf-16-le") + b"x", "a.txt") == "invalid_encoding"
