"""Payment cards: issuer prefix, length and Luhn's check digit (ISO/IEC 7812-1)."""

import re
from collections.abc import Iterator

from ragline.privacy.context import after, before
from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

# Unbroken, or in the groups that cards are printed in: 4-4-4-4, up to 4-4-4-4-3, 4-6-5 and 4-6-4.
_NUMBER = re.compile(
    r"[0-9](?<![\w.+][0-9])(?<![0-9][-/][0-9])"
    r"(?:[0-9]{11,18}|[0-9]{3}([ -])(?:[0-9]{4}\1[0-9]{4}\1(?:[0-9]{4}(?:\1[0-9]{1,3})?|[0-9]{1,3})|[0-9]{6}\1[0-9]{4,5}))"
    r"(?![\w])(?![-.,/][0-9])"
)
_WORD = re.compile(
    r"\b(?:cards?|cc|credit|debit|payment|charged?|visa|master ?card|maestro|amex|american express|jcb|diners|discover|"
    r"unionpay|pan|kreditkarten?|karten?(?:nummer)?|carte|tarjeta|cart[aã]o|carta|kort|kaart|karta)\b",
    re.IGNORECASE,
)
# First and last prefix of a range, and the lengths it has.
_ISSUERS: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 19})),
    ("51", "55", frozenset({16})),
    ("2221", "2720", frozenset({16})),
    ("34", "34", frozenset({15})),
    ("37", "37", frozenset({15})),
    ("300", "305", frozenset({14, 16})),
    ("3095", "3095", frozenset({14, 16})),
    ("36", "36", frozenset(range(14, 20))),
    ("38", "39", frozenset({14, 16})),
    ("3528", "3589", frozenset(range(16, 20))),
    ("35", "35", frozenset({16})),
    ("2131", "2131", frozenset({15})),
    ("1800", "1800", frozenset({15})),
    ("2200", "2204", frozenset(range(16, 20))),
    ("6011", "6011", frozenset(range(16, 20))),
    ("644", "659", frozenset(range(16, 20))),
    ("62", "62", frozenset(range(16, 20))),
    ("60", "60", frozenset({16})),
    ("81", "82", frozenset({16})),
    ("0604", "0604", frozenset(range(12, 20))),
    ("50", "50", frozenset(range(12, 20))),
    ("56", "69", frozenset(range(12, 20))),
)
# A tenth of all numbers passes Luhn: in a length that few cards have, a word has to say that it is one; and no word that it
# is something else.
_USUAL = re.compile(r"[0-9]{14,16}\Z|4(?:[0-9]{12}|[0-9]{18})\Z")
_OTHER_WORD = re.compile(
    r"\b(?:order|invoice|tracking|shipment|parcel|ticket|case|serial|isbn|ean|gtin|sku|imei|id|uid|uuid|ref(?:erence)?|pmid|doi|timestamp|ts)"
    r"(?: ?(?:number|no|nr|id|code)\b)?[\W_]{0,3}\Z",
    re.IGNORECASE,
)


def find_cards(searched: SearchedText) -> Iterator[Finding]:
    """Card numbers whose check digit is right."""
    text = searched.text
    for start, end in searched.digit_runs:
        for match in _NUMBER.finditer(text, start, end):
            digits = match[0].replace(" ", "").replace("-", "")
            if _issued(digits) and luhn(digits) and _meant(text, digits, match):
                yield Finding("card", *match.span())


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others, and not all are zero."""
    doubled = "0246813579"
    total = sum(map(int, digits[-1::-2])) + sum(int(doubled[int(digit)]) for digit in digits[-2::-2])
    return total % 10 == 0 and total > 0


def _issued(digits: str) -> bool:
    return any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)


def _meant(text: str, digits: str, match: re.Match[str]) -> bool:
    """Whether form and words agree that it is a card."""
    preceding = before(text, match.start())
    if _OTHER_WORD.search(preceding) or len(set(digits)) < 2:
        return False
    usual = match[1] is not None or _USUAL.match(digits) is not None
    return usual or bool(_WORD.search(preceding) or _WORD.search(after(text, match.end())))


MEMBERS = (Kind("card", 7, find_cards),)
