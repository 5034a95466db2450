import pytest
from ftfy import fix_encoding
from hypothesis import given
from hypothesis import strategies as st

from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.normalise import normalise
from ragline.preprocess.cleaning.repair import repair

GOOD = st.text(alphabet="aeo ,.\n" + "éüñßçàÉŁžøœ’“”–—…€ﬁ½°абжШёї«»αβΩ\u00a0漢字かなﾊ한글สวัสदीالع", max_size=40)
ENCODINGS = st.sampled_from(["latin-1", "cp1252", "cp1251", "cp1250", "cp437", "mac_roman"])


def repaired(text: str) -> str:
    return repair(CleanedText.of(text)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sÃ³ cafÃ©", "só café"),
        ("It\u00e2\u0080\u0099s done", "It’s done"),
        ("Itâ€™s â€œdoneâ€\u009d â€” yes", "It’s “done” — yes"),
        ("voilÃ le travail", "voilà le travail"),
        ("caf\u00c3\u0192\u00c2\u00a9", "café"),
        ("РџСЂРёРІРµС‚ мир", "Привет мир"),
        ("dash \u0096 and quote \u0092", "dash – and quote ’"),
        ("good line: naïve\nbad line: naÃ¯ve", "good line: naïve\nbad line: naïve"),
    ],
)
def test_mojibake_is_decoded(text: str, expected: str) -> None:
    assert repaired(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "plain ASCII, &amp; &eacute; <b>html</b>",
        "ﬁne ligatures, ｆｕｌｌ－ｗｉｄｔｈ, “curly” ‘quotes’ – and — dashes…",
        "HTML in code: `&copy;` → ©, &lt;p&gt; stays, é &nbsp; too",
        "Voilà à la carte, São João, Łódź, Þórður, Ærø, İstanbul",
        "ÀÉÎÕÜ Ÿ ÃO ÇÃO NÃO INFORMAÇÕES À VENDA",
        "Привет, мир! Ґанок і їжак, «ёлка»",
        "Καλημέρα κόσμε, ΆΈΉ",
        "日本語のテキスト。中文（全角）。한국어",
        "สวัสดีชาวโลก नमस्ते दुनिया مرحبا بالعالم שלום עולם",
        "├── src\n│   └── main.py\n└── README.md",
        "5 × 3 ± 2 ≈ 17, 20 °C, ½ £ € ¥ § ¶ µm, 10²",
        "👩‍👧 🇩🇪 emoji",
    ],
)
def test_legitimate_text_is_left_alone(text: str) -> None:
    assert repaired(text) == text


def test_words_beside_a_repair_keep_their_place() -> None:
    text = "The cafÃ© is open â€“ today"
    cleaned = repair(CleanedText.of(text))
    for word in ("is open", "today"):
        start = cleaned.text.index(word)
        assert text[cleaned.origin_of_start(start) : cleaned.origin_of_end(start + len(word))] == word
    start = cleaned.text.index("é")
    assert text[cleaned.origin_of_start(start) : cleaned.origin_of_end(start + 1)] == "Ã©"


def test_a_space_that_was_half_a_character_keeps_the_rest_in_place() -> None:
    text = "Ã la carte, then more"
    cleaned = repair(CleanedText.of(text))
    assert cleaned.text == "à la carte, then more"
    start = cleaned.text.index("then")
    assert cleaned.origin_of_start(start) == text.index("then")


def test_repair_before_normalise_saves_what_normalise_would_remove() -> None:
    assert normalise(repair(CleanedText.of("El Ni\u00c3\u00b1o, aqu\u00c3\u00ad"))).text == "El Niño, aquí"


@given(st.text(max_size=60) | GOOD)
def test_each_line_is_what_ftfy_makes_of_it(text: str) -> None:
    assert repaired(text) == "\n".join(fix_encoding(line) for line in text.split("\n"))


@given(GOOD, ENCODINGS)
def test_each_misread_line_is_what_ftfy_makes_of_it(text: str, encoding: str) -> None:
    misread = "\n".join(line.encode().decode(encoding, "replace") for line in text.split("\n"))
    assert repaired(misread) == "\n".join(fix_encoding(line) for line in misread.split("\n"))


@given(GOOD, ENCODINGS)
def test_what_is_ascii_comes_from_where_it_stood(text: str, encoding: str) -> None:
    misread = text.encode().decode(encoding, "replace")
    cleaned = repair(CleanedText.of(misread))
    points = list(zip(cleaned.starts, cleaned.origins, strict=True))
    assert points == sorted(points)
    assert points[-1] == (len(cleaned.text), len(misread))
    for position, character in enumerate(cleaned.text):
        if character in "aeo,.\n":
            origin = misread[cleaned.origin_of_start(position) : cleaned.origin_of_end(position + 1)]
            assert character in origin
