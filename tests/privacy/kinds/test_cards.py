import pytest

from ragline.privacy.kinds.cards import find_cards, luhn
from tests.privacy.detection import found_by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111111111111111", ["4111111111111111"]),
        ("pay 5500 0000 0000 0004 now", ["5500 0000 0000 0004"]),
        ("3782-822463-10005.", ["3782-822463-10005"]),
        ("card 630427373398", ["630427373398"]),
        ("my card 4131034282458809939 expires", ["4131034282458809939"]),
    ],
)
def test_finds_cards(text: str, expected: list[str]) -> None:
    assert found_by(find_cards, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # check digit
        "9111111111111111",  # nobody issues these
        "630427373398",  # twelve digits, and no word that says card
        "order no. 4111111111111111",
        "4111 1111 1111 111 1",  # no card is printed like that
        "0.4111111111111111",
        "a4111111111111111",
        "2026-11-21 12:30:45.123456",
    ],
)
def test_leaves_other_numbers(text: str) -> None:
    assert found_by(find_cards, text) == []


@pytest.mark.parametrize(("digits", "right"), [("79927398713", True), ("79927398710", False), ("0000", False)])
def test_luhn(digits: str, right: bool) -> None:
    assert luhn(digits) is right
