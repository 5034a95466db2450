"""International bank account numbers (ISO 13616): the country, the length it has there, and the mod-97 check."""

import re
from collections.abc import Iterator

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

# Begins with a digit, the first of the two check digits, so that the engine skips words fast. Then groups of letters and
# digits, written together or apart.
_NUMBER = re.compile(r"[0-9](?<=[A-Za-z]{2}[0-9])(?<![\w][A-Za-z]{2}[0-9])[0-9](?:[ \xa0-]?[A-Za-z0-9]){11,30}")

# Length by country, from the registry that SWIFT keeps for ISO 13616, and by use where a country is not in it.
_COUNTRIES_OF_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "AO CV LY MZ PT ST",
    26: "DZ IR IS TR",
    27: "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
    28: "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_LENGTH = {country: length for length, countries in _COUNTRIES_OF_LENGTH.items() for country in countries.split()}


def find_ibans(searched: SearchedText) -> Iterator[Finding]:
    """Account numbers whose length and check digits are right, in either case, with or without spaces or hyphens."""
    text, done = searched.text, 0
    for match in _NUMBER.finditer(text):
        start = match.start() - 2
        end = _end(text, start, match.end()) if start >= done else None
        if end is not None:
            done = end
            yield Finding("iban", start, end)


def _end(text: str, start: int, limit: int) -> int | None:
    """Where the number that starts here ends, if one does."""
    length = _LENGTH.get(text[start : start + 2].upper())
    places = [place for place in range(start, limit) if text[place].isalnum()]
    if length is None or len(places) < length:
        return None
    end = places[length - 1] + 1
    number = "".join(text[place] for place in places[:length])
    joined = end == start + length
    if text[end : end + 1].isalnum() or not (joined or _grouped(text[start:end])) or not checks(number):
        return None
    return end


def _grouped(written: str) -> bool:
    """Whether the parts look like groups and not like words: a digit in most, none longer than the account itself."""
    parts = re.split(r"[ \xa0-]", written)
    return all(len(part) <= 4 for part in parts[:-1]) or sum(any(map(str.isdigit, part)) for part in parts) > len(parts) / 2


def checks(number: str) -> bool:
    """The mod-97 check: letters stand for 10 to 35, the first four characters go last, the remainder is 1."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


MEMBERS = (Kind("iban", 6, find_ibans),)
