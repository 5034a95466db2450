"""Labelled texts to measure the detection of personal data on: a published set, and one generated from Faker's locales."""

import gzip
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from faker import Faker

SEED = 20261121
KIND_OF_ENTITY = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "ssn",
    "IP_ADDRESS": "ip",
    "PERSON": "person",
    "STREET_ADDRESS": "address",
    "GPE": "address",
    "ZIP_CODE": "ZIP_CODE",
    "ORGANIZATION": "ORGANIZATION",
    "DATE_TIME": "DATE_TIME",
    "TITLE": "TITLE",
    "AGE": "AGE",
    "NRP": "NRP",
    "DOMAIN_NAME": "DOMAIN_NAME",
    "US_DRIVER_LICENSE": "US_DRIVER_LICENSE",
}
LOCALES = (
    *(
        "en_US",
        "en_GB",
        "en_CA",
        "en_AU",
        "en_IN",
        "en_NZ",
        "de_DE",
        "de_AT",
        "de_CH",
        "fr_FR",
        "es_ES",
        "es_MX",
        "it_IT",
        "pt_BR",
    ),
    *(
        "pt_PT",
        "nl_NL",
        "sv_SE",
        "no_NO",
        "da_DK",
        "fi_FI",
        "pl_PL",
        "cs_CZ",
        "tr_TR",
        "ru_RU",
        "uk_UA",
        "ja_JP",
        "zh_CN",
        "ko_KR",
    ),
    *("el_GR", "hu_HU"),
)
IBAN_LOCALES = ("de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "en_GB", "de_AT", "de_CH", "no_NO", "pt_PT", "fi_FI")


@dataclass(frozen=True)
class Sample:
    """A text and what is in it: (kind, start, end)."""

    text: str
    truth: frozenset[tuple[str, int, int]]


def published(path: Path) -> list[Sample]:
    """presidio-research's synthetic set."""
    with gzip.open(path) as file:
        rows = json.load(file)
    return [
        Sample(
            row["full_text"],
            frozenset((KIND_OF_ENTITY[s["entity_type"]], s["start_position"], s["end_position"]) for s in row["spans"]),
        )
        for row in rows
    ]


FRAMES = {
    "phone": (
        "Phone: {}",
        "Tel. {}",
        "You can call me on {} after six.",
        "Mobile {} or just write.",
        "- phone number: {}",
        "My number is {}, ask for Ann.",
        "Fax: {}\nPost: see below",
        '{{"name": "Ann", "phone": "{}"}}',
        "Please ring {} and leave a message.",
        "Contact us at {}.",
    ),
    "email": ("Write to {}.", "<{}>", "{}, and others", "E-mail: {}\n", "(see {})", "| Ann | {} |"),
    "card": ("Card: {}", "charged to {} on Monday", "{}", "the card number {} was declined", "| {} | Visa |", "payment with {}."),
    "iban": ("IBAN {}", "transfer it to {} please", "{}", "account: {}.", "| {} | EUR |", "iban={};"),
    "ssn": ("SSN: {}", "her social security number is {}", "Social Security No. {} on file", "(SSN {})", "SSN={}"),
    "ip": (
        "from {} port 22",
        "{} - - [10/Oct/2000:13:55:36 -0700]",
        "blocked {}.",
        "ssh root@{}",
        "inet {}/24",
        "http://{}/x",
        "({})",
    ),
    "url_credentials": ("git clone https://{}@git.acme.io/a.git", "DATABASE_URL=postgres://{}@db:5432/app", "amqp://{}@mq/"),
    "api_key": ("export TOKEN={}", "Authorization: Bearer {}", "key {} leaked", '"{}"', "api_key: {}"),
    "secret": ("password: {}", "DB_PASSWORD={}", 'secret_key = "{}"', "client_secret: '{}'", "apiKey: {}", '"token": "{}"'),
}
PHONES_ALONE = ("{}", "| Ann | {} |", "Ann Lee, {}, Sales", "Ann Lee\n{}\nBerlin")


def generated(each: int) -> dict[str, list[Sample]]:
    """For every kind of pattern as many samples, in spellings and frames that the detectors were not written from."""
    rng = random.Random(SEED)
    makers = _makers(rng)
    samples = {kind: [_framed(kind, rng.choice(frames), makers[kind]()) for _ in range(each)] for kind, frames in FRAMES.items()}
    samples["phone, no word near"] = [_framed("phone", rng.choice(PHONES_ALONE), makers["phone"]()) for _ in range(each)]
    samples["private_key"] = [_framed("private_key", "before\n{}\nafter", makers["private_key"]()) for _ in range(each // 10)]
    return samples


def _framed(kind: str, frame: str, value: str) -> Sample:
    start = frame.replace("{{", "{").index("{}")
    return Sample(frame.format(value), frozenset({(kind, start, start + len(value))}))


def _makers(rng: random.Random) -> dict:
    fakers = {locale: Faker(locale) for locale in LOCALES}
    for number, fake in enumerate(fakers.values()):
        fake.seed_instance(SEED + number)
    us = fakers["en_US"]

    def anyone() -> Faker:
        return fakers[rng.choice(LOCALES)]

    def drawn(alphabet: str, length: int) -> str:
        return "".join(rng.choice(alphabet) for _ in range(length))

    def email() -> str:
        fake = anyone()
        name, domain = fake.user_name() or "ann", fake.domain_name()
        return rng.choice(
            (f"{name}@{domain}", f"{name}+news@{domain}", f'"{name} x"@{domain}', f"{name}.ü.ß@{domain}", f"{name}@mail.{domain}")
        )

    def card() -> str:
        number = us.credit_card_number()
        mark = rng.choice(("", "", " ", "-"))
        if not mark:
            return number
        if len(number) == 15:
            return mark.join((number[:4], number[4:10], number[10:]))
        return _grouped(number, 4, mark) if len(number) in (16, 19) else number

    def iban() -> str:
        number = fakers[
            rng.choice(
                ("de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "en_GB", "de_AT", "de_CH", "no_NO", "pt_PT", "fi_FI")
            )
        ].iban()
        return rng.choice((number, number.lower(), _grouped(number, 4, " "), _grouped(number, 4, "-")))

    def ssn() -> str:
        number = us.ssn()
        return rng.choice((number, number, number.replace("-", ""), number.replace("-", " ")))

    def ip() -> str:
        v6 = us.ipv6()
        groups = v6.split(":")
        short = f"2a0{rng.randrange(10)}:{groups[1]}::{groups[2]}:{rng.randrange(1, 9)}"
        return rng.choice(
            (us.ipv4_public(), us.ipv4_public(), us.ipv4_private(), v6, v6.upper(), short, f"fe80::{groups[3]}:{groups[4]}")
        )

    letters = string.ascii_letters + string.digits
    return {
        "phone": lambda: anyone().phone_number(),
        "email": email,
        "card": card,
        "iban": iban,
        "ssn": ssn,
        "ip": ip,
        "url_credentials": lambda: f"{us.user_name()}:{us.password(special_chars=False)}",
        "api_key": lambda: rng.choice(_api_keys(drawn)),
        "secret": lambda: rng.choice(
            (us.password(length=12, special_chars=False), drawn(letters, 24), drawn("0123456789abcdef", 32))
        ),
        "private_key": lambda: _pem(rng, letters),
    }


def _api_keys(drawn: Callable[[str, int], str]) -> tuple[str, ...]:
    """One of each issuer's."""
    letters = string.ascii_letters + string.digits
    return (
        "AKIA" + drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
        "ghp_" + drawn(letters, 36),
        "github_pat_" + drawn(letters, 22) + "_" + drawn(letters, 59),
        f"xoxb-{drawn(string.digits, 12)}-{drawn(string.digits, 12)}-{drawn(letters, 24)}",
        "sk_live_" + drawn(letters, 24),
        "AIza" + drawn(letters + "-_", 34) + "a",
        f"eyJ{drawn(letters, 33)}.eyJ{drawn(letters, 80)}.{drawn(letters + '-_', 42)}a",
        "npm_" + drawn(letters, 36),
        "pypi-AgEIcHlwaS5vcmc" + drawn(letters + "-_", 120) + "a",
        "sk-proj-" + drawn(letters, 48),
        "glpat-" + drawn(letters, 20),
        "hf_" + drawn(letters, 34),
    )


def _grouped(text: str, by: int, mark: str) -> str:
    return mark.join(text[at : at + by] for at in range(0, len(text), by))


def _pem(rng: random.Random, letters: str) -> str:
    name = rng.choice(("RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED "))
    body = "\n".join("".join(rng.choice(letters + "+/") for _ in range(64)) for _ in range(12))
    end = f"\n-----END {name}PRIVATE KEY-----" if rng.random() < 0.7 else ""
    return f"-----BEGIN {name}PRIVATE KEY-----\n{body}{end}"


def harmless(count: int) -> list[str]:
    """Lines with numbers and names that are nobody's."""
    rng = random.Random(SEED)
    n = rng.randrange
    fake = Faker("en_US")
    fake.seed_instance(SEED)
    makers = (
        lambda: f"ISBN {fake.isbn13()} and {fake.isbn10()}",
        lambda: f"Order {n(10**9, 10**10)} of {fake.date()} was shipped",
        lambda: f"order no. {n(10**15, 10**16)}",
        lambda: f"{fake.iso8601()} took {rng.random() * 1000:.6f} ms, {n(10**6, 10**9)} bytes",
        lambda: f"sha256:{fake.sha256()} md5 {fake.md5()}",
        lambda: f"id = {fake.uuid4()}",
        lambda: f"pip install foo=={n(9)}.{n(20)}.{n(20)}.{n(300)}",
        lambda: f"version {n(200)}.{n(20)}.{n(9999)}.{n(200)} is out",
        lambda: f"total {n(10**6):,}.{n(100):02d} EUR, {n(1000)} 000 000 of {n(999)}.000.000",
        lambda: f"{n(1, 9)}.{n(1, 9)}.{n(1, 20)}.{n(1, 20)} Results",
        lambda: f"x = 0x{n(2**64):016x}; y[{n(999)}:{n(999)}] = {rng.random()}",
        lambda: f"from {n(1900, 2000)}-{n(2000, 2030)}, pp. {n(100, 200)}-{n(200, 300)}",
        lambda: f"PMID: {n(10**7, 10**8)}. doi:10.{n(1000, 9999)}/{fake.md5()[:8]}.{n(10**6)}",
        lambda: f"{rng.uniform(-90, 90):.6f}, {rng.uniform(-180, 180):.6f}",
        lambda: "  ".join(f"{rng.uniform(0, 100):6.2f}" for _ in range(8)),
        lambda: " ".join(str(n(10**3, 10**4)) for _ in range(4)),
        lambda: f"EAN {fake.ean13()} / {n(10**12, 10**13)}",
        lambda: f"GET /v1/items/{n(10**11, 10**12)}?ts={n(10**12, 2 * 10**12)} HTTP/1.1",
        lambda: f"MAC {fake.mac_address()} at 12:{n(60):02d}:{n(60):02d}",
        lambda: f"listen on 127.0.0.1:{n(1024, 9999)}, 0.0.0.0 and ::1, mask 255.255.255.0",
        lambda: f"@decorator\ndef f(a): return a@b.T + icon@2x.png  # std::vector<{fake.word()}> a::b::c",
        lambda: f"password = os.environ['DB_PASSWORD']; token = get_token({n(99)}); secret: ${{SECRET_{n(9)}}}",
        lambda: f"commit {fake.sha1()} (HEAD -> main), issue #{n(10**5)}",
        lambda: f"Flight {n(1000, 9999)}, seat {n(40)}A, {fake.date()} {fake.time()}",
        lambda: f"ZIP {fake.postcode()}, {fake.building_number()} units at {n(100)}/{n(100)}/{n(1950, 2020)}",
        lambda: f"ISSN {n(1000, 9999)}-{n(1000, 9999)}, vol. {n(99)}, no. {n(12)}",
    )
    return [rng.choice(makers)() for _ in range(count)]
