import pytest

from ragline.privacy.kinds.phones import find_phones
from tests.privacy.detection import found_by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+44 20 7946 0958", ["+44 20 7946 0958"]),
        ("(+49) 30 901820", ["(+49) 30 901820"]),
        ("0041 44 668 18 00", ["0041 44 668 18 00"]),
        ("+46 (0)8 928 571 38 fax", ["+46 (0)8 928 571 38"]),
        ("tel:+15417543010", ["+15417543010"]),
        ("ring 212-555-0123 x45!", ["212-555-0123 x45"]),
        ("(212) 555-0123", ["(212) 555-0123"]),
        ("| Ann | 01 45 67 89 12 |", ["01 45 67 89 12"]),
        ("Phone:\n467 3395", ["467 3395"]),
        ("Can someone call me on 9472 7916?", ["9472 7916"]),
        ("Telefon 0301234567", ["0301234567"]),
        ("電話03-1234-5678", ["03-1234-5678"]),
        ("phone=5551234567", ["5551234567"]),
        ("781 1704 office", ["781 1704"]),
        ("21 253 109 8211-Office", ["21 253 109 8211"]),
    ],
)
def test_finds_numbers(text: str, expected: list[str]) -> None:
    assert found_by(find_phones, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "467 3395",  # nothing says that it is a telephone
        "2026-11-21, 21.11.2026, 1998-2004, 2014 2015 2016",
        "ISBN 978-3-16-148410-0",
        "1 000 000 of 12,345,678",
        "0.1234567890",
        "550e8400-e29b-41d4-a716-446655440000",
        "My driver's license number is 6940579",
        "his address: 975 3968 Bay Street",
        "Mol Cell 2000 5 97 107 10678172",
        "GET /items/0301234567",
        "x = 20261121 + 5",
        "pages 1234-1240 of 17031 2202 Rissik St",
        "shared=3313664, text=2310144",
        "version 3.14.15.92",
    ],
)
def test_leaves_other_numbers(text: str) -> None:
    assert found_by(find_phones, text) == []
