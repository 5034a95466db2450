"""What the countries' numbering plans say, as libphonenumber keeps them (``phonenumberslite``, Apache-2.0)."""

import re
from functools import cache, lru_cache
from types import ModuleType

# Countries whose national form, with its leading 0, is believed without any word that says telephone.
_REGIONS = (
    "GB",
    "DE",
    "FR",
    "IT",
    "AU",
    "CH",
    "SE",
    "BE",
    "NL",
    "AT",
    "JP",
    "FI",
    "NZ",
    "ZA",
    "TR",
    "IN",
    "IE",
    "CN",
    "BR",
    "KR",
)
_MIN_DIGITS = 10


@lru_cache(maxsize=4096)
def is_international(written: str, *, announced: bool) -> bool:
    """Whether the number exists in its country's plan; of one that is announced, grouped or long the length is enough."""
    library = _library()
    plain = re.sub(r"\(0\)", "", written)
    plain = re.sub(r"^00", "+", plain) if written.startswith("00") else plain
    try:
        number = library.parse(plain, None)
    except library.NumberParseException:
        return False
    groups = re.findall(r"[0-9]+", written)
    sure = announced or len(groups) > 1 or len(groups[0]) >= _MIN_DIGITS
    return bool(library.is_possible_number(number) if sure else library.is_valid_number(number))


@lru_cache(maxsize=4096)
def is_national(written: str) -> bool:
    """Whether the number, written in groups, exists in the plan of a large country."""
    groups = re.findall(r"[0-9]+", written)
    if len(groups) < 2 or sum(map(len, groups)) < _MIN_DIGITS:
        return False
    library = _library()
    for region in _REGIONS:
        try:
            if library.is_valid_number(library.parse(written, region)):
                return True
        except library.NumberParseException:
            return False
    return False


@cache
def _library() -> ModuleType:
    import phonenumbers

    return phonenumbers
