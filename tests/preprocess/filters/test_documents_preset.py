"""What the default rules drop, and above all what they keep."""

import base64
import random
import string
from pathlib import Path

import pytest

from ragline.config.filters import FilterSettings
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.normalise import normalise
from ragline.preprocess.cleaning.repair import repair
from ragline.preprocess.filters.judge import judge
from ragline.preprocess.filters.language import detect_languages

RANDOM = random.Random(4)


def verdict(text: str) -> str | None:
    cleaned = normalise(repair(CleanedText.of(text))).text
    return judge(cleaned, detect_languages([cleaned])[0], FilterSettings())


def words(alphabet: str, count: int = 200) -> str:
    return " ".join("".join(RANDOM.choices(alphabet, k=RANDOM.randint(3, 9))) for _ in range(count))


GARBAGE = {
    "bytes read as Latin-1": RANDOM.randbytes(3000).decode("latin-1"),
    "bytes read as Windows-1252": RANDOM.randbytes(3000).decode("cp1252", "replace"),
    "bytes read as UTF-8": RANDOM.randbytes(3000).decode("utf-8", "replace"),
    "bytes read as code page 437": RANDOM.randbytes(3000).decode("cp437"),
    "random characters": "".join(RANDOM.choices(string.printable[:95], k=2000)),
    "random letters": words(string.ascii_letters),
    "random small letters": words(string.ascii_lowercase),
    "random letters and digits": words(string.ascii_letters + string.digits),
    "random Unicode": "".join(chr(RANDOM.randint(0x20, 0x2FFF)) for _ in range(2000)),
    "keyboard mash": "asdkjfh aksjdhf kajshdf kjahsdf lkjahsdf lkjh asdf lkjhasd flkjh asdlkfjh alskdjfh laksjdhf",
    "home row": words("asdfghjkl"),
    "two rows": words("asdfghjklqwertyuiop"),
    "base64": base64.b64encode(RANDOM.randbytes(3000)).decode(),
    "wrapped base64": base64.encodebytes(RANDOM.randbytes(3000)).decode(),
    "hexadecimal": RANDOM.randbytes(3000).hex(),
    "a line a thousand times": "Please wait while the page is loading.\n" * 1000,
    "a sentence a thousand times": "Please wait while the page is loading. " * 1000,
    "a long line a thousand times": (words(string.ascii_lowercase, 40) + "\n") * 1000,
    "a paragraph fifty times": "The lamp is in the box.\nIts cable is beside it.\n\n" * 50,
    "a recognised photograph": (
        "~ a ee S| — 7 ‘ _ er ie ee | \\ 4 “ ; . i — — oN . ae = a ‘ y fo a a = * Sa ' 4 . ; _ | Ss ee = : es -. ~ v “a "
    )
    * 5,
    "rules": "-----\n\n=====\n\n* * *\n",
}


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_dropped(text: str) -> None:
    assert verdict(text) is not None


def test_noise_of_every_seed_is_dropped() -> None:
    kept = []
    for seed in range(50):
        chance = random.Random(seed)
        noises = {
            "latin-1": chance.randbytes(2000).decode("latin-1"),
            "printable": "".join(chance.choices(string.printable[:95], k=2000)),
            "letters": " ".join("".join(chance.choices(string.ascii_lowercase, k=6)) for _ in range(150)),
            "base64": base64.b64encode(chance.randbytes(600)).decode(),
        }
        kept += [(seed, name) for name, text in noises.items() if verdict(text) is None]
    assert kept == []


PRICES = "| Product | Price |\n| --- | --- |\n" + "\n".join(f"| Lamp {n} | {n}.50 EUR |" for n in range(1, 40))
CODES = "| SKU | Serial | Stock |\n| --- | --- | --- |\n" + "\n".join(
    f"| AB{n}X-{n * 7}Q | 7F{n:06X}9C | {n % 5} |" for n in range(200)
)
IDS = "| id | name |\n| --- | --- |\n" + "\n".join(
    f"| {RANDOM.randbytes(4).hex()}-{RANDOM.randbytes(2).hex()}-4a1b-9c3d-{RANDOM.randbytes(6).hex()} | order {n} |"
    for n in range(100)
)
CODE = '''"""Read settings."""

import os
from pathlib import Path


def read_cfg(path: Path) -> dict[str, str]:
    cfg = {}
    for ln in path.read_text().splitlines():
        k, _, v = ln.partition("=")
        cfg[k.strip()] = os.path.expandvars(v.strip())
    return cfg
'''
CHANGES = "# Change log\n\n" + "\n".join(f"## 1.{n}\n\n- Bug fixes\n- Update dependencies\n" for n in range(60))
LOG = "\n".join(
    f"2026-01-{n % 28 + 1:02} 12:{n % 60:02}:00 INFO worker-{n % 3} heartbeat ok, {n} items in queue" for n in range(500)
)
BLANK = "| Task | Mon | Tue | Wed |\n| --- | --- | --- | --- |\n" + "\n".join(f"| Task {n} |   |   |   |" for n in range(100))
LEGITIMATE = {
    "FAQ answer": "Yes, you can return every lamp within thirty days, free of charge.",
    "one word": "Discontinued.",
    "a number": "42",
    "prices": PRICES,
    "part numbers": CODES,
    "identifiers": IDS,
    "blank cells": BLANK,
    "zeros": "| a | b | c |\n| --- | --- | --- |\n" + "| 0 | 0 | 1 |\n| 1 | 0 | 0 |\n" * 12,
    "code": CODE,
    "a header file": "#include <stdio.h>\n#define FFTW_N 4\nint fft_r2c(float *x, int n);\nint ifft_c2r(float *y, int n);",
    "names for export": "__all__ = ['fft', 'ifft', 'rfft', 'irfft', 'fftn', 'ifftn', 'rfftn', 'irfftn', 'hfft', 'ihfft']",
    "changes": CHANGES,
    "log": LOG,
    "abbreviations": "GmbH, GbR, AG, e.V., Str., Tel., Nr., MwSt., ggf., z. B., d. h., usw., vgl., bzw., inkl., exkl.",
    "checksums": "\n".join(f"{RANDOM.randbytes(32).hex()}  lamp-{n}.tar.gz" for n in range(20)),
    "genes": ">seq1\n" + "\n".join("".join(RANDOM.choices("ACGT", k=70)) for _ in range(20)),
    "Chinese": "您可以在收货后三十天内退回这盏灯。请保留原包装，并附上发票。我们会在收到后五天内退款。",
    "Japanese": "ランプは配達後三十日以内に返品できます。元の箱に入れて、請求書を添えてください。五日以内に返金します。",
    "Korean": "배송 후 30일 이내에 램프를 반품할 수 있습니다. 원래 상자에 넣고 송장을 동봉해 주세요.",
    "Arabic": "يمكنك إرجاع المصباح خلال ثلاثين يومًا من التسليم. يرجى الاحتفاظ بالعبوة الأصلية وإرفاق الفاتورة.",
    "Hindi": "आप डिलीवरी के तीस दिनों के भीतर लैंप वापस कर सकते हैं। कृपया मूल डिब्बा रखें और बिल साथ भेजें।",
    "Thai": "คุณสามารถคืนโคมไฟได้ภายในสามสิบวันหลังจากจัดส่ง โปรดเก็บกล่องเดิมไว้และแนบใบแจ้งหนี้",
    "Czech": "Strč prst skrz krk. Zmrzl, ztvrdl, scvrkl: čtvrt smršť. Vrh skrz trs chrp v čtvrť Krč a zmlkl.",
    "Zulu": "Bonke abantu bazalwa bekhululekile belingana ngesithunzi nangamalungelo. Bahlanganiswe wumcabango nangunembeza.",
    "Hawaiian": "Hānau kū’oko’a ’ia nā kānaka apau loa, a ua kau like ka hanohano a me nā pono kīvila ma luna o kākou pākahi.",
}


@pytest.mark.parametrize("text", LEGITIMATE.values(), ids=LEGITIMATE.keys())
def test_short_and_odd_documents_are_kept(text: str) -> None:
    assert verdict(text) is None


@pytest.mark.parametrize("text", [LEGITIMATE["Chinese"] * 3, LEGITIMATE["Hindi"] * 3, LEGITIMATE["Thai"] * 3])
def test_prose_that_is_not_english_is_kept_at_length(text: str) -> None:
    assert verdict("\n\n".join([text[:100], text[100:]])) is None


@pytest.mark.shared_data
def test_nothing_of_the_development_corpora_is_dropped(shared_data: Path) -> None:
    files = [*shared_data.glob("docling_samples/*/groundtruth/*.md"), *shared_data.glob("chunking_evaluation/*.md")]
    texts = {file.name: file.read_text() for file in files}
    assert {name: verdict(text) for name, text in texts.items() if text.strip() and verdict(text)} == {}
