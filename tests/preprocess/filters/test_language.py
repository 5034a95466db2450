import pytest

from ragline.config.preprocess import LanguageSettings
from ragline.preprocess.filters.language import detect_languages, is_kept, prose


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You can return the lamp within thirty days of delivery.", "en"),
        ("Sie können die Lampe innerhalb von dreißig Tagen zurückgeben.", "de"),
        ("Vous pouvez retourner la lampe dans les trente jours suivant la livraison.", "fr"),
        ("Puede devolver la lámpara en un plazo de treinta días.", "es"),
        ("Możesz zwrócić lampę w ciągu trzydziestu dni od dostawy.", "pl"),
        ("Вы можете вернуть лампу в течение тридцати дней.", "ru"),
        ("您可以在收货后三十天内退回这盏灯。", "zh"),
        ("ランプは配達後三十日以内に返品できます。", "ja"),
        ("배송 후 30일 이내에 램프를 반품할 수 있습니다.", "ko"),
        ("يمكنك إرجاع المصباح خلال ثلاثين يومًا من التسليم.", "ar"),
        ("आप डिलीवरी के तीस दिनों के भीतर लैंप वापस कर सकते हैं।", "hi"),
        ("คุณสามารถคืนโคมไฟได้ภายในสามสิบวันหลังจากจัดส่ง", "th"),
        ("RETURNS ARE ACCEPTED WITHIN THIRTY DAYS OF DELIVERY", "en"),
    ],
)
def test_language_of_a_sentence(text: str, language: str) -> None:
    assert detect_languages([text]) == [language]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "12.50 EUR",
        "OK, done",
        "https://example.org/de/ueber-uns/unternehmen/geschichte",
        "```\nimport this and that\n```",
    ],
)
def test_what_is_too_short_is_undetermined(text: str) -> None:
    assert detect_languages([text]) == ["und"]


def test_noise_is_undetermined() -> None:
    assert detect_languages(["qxz wvk jjh pqlm zzrt kkwq bnmx vcxz lkjh gfds poiu ytre wqas dfgh " * 5]) == ["und"]


def test_code_and_addresses_do_not_hide_the_language() -> None:
    text = """Die Funktion `read_file` liest die Datei ein und gibt ihren Inhalt zurück.

```python
def read_file(path):
    with open(path) as file:  # this is the place where the file is read
        return file.read()
```

Weitere Beispiele stehen unter https://example.org/en/read-the-documentation-of-the-function."""
    assert detect_languages([text]) == ["de"]


def test_a_long_document_is_judged_by_all_its_parts() -> None:
    german = "Die Lampe wird mit einem Kabel geliefert und kann an die Wand gehängt werden. "
    assert detect_languages(["Short title in English\n\n" + german * 500]) == ["de"]


def test_prose_leaves_out_markup() -> None:
    text = "See [the guide](https://a.org/x) at www.b.org or mail me@c.org: `x = 1` <br> **don't** 42"
    assert prose(text).split() == ["See", "the", "guide", "at", "or", "mail", "don't"]


@pytest.mark.parametrize(
    ("language", "keep", "kept"),
    [("de", (), True), ("de", ("en", "de"), True), ("fr", ("en", "de"), False), ("und", ("en",), True)],
)
def test_languages_to_keep(language: str, keep: tuple[str, ...], kept: bool) -> None:
    assert is_kept(language, LanguageSettings(keep=keep)) is kept


def test_a_language_that_is_no_code_is_refused() -> None:
    with pytest.raises(ValueError, match="keep"):
        LanguageSettings(keep=("English",))
