import pytest

from ragline.privacy.kinds.ibans import find_ibans
from tests.privacy.detection import found_by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GB82WEST12345698765432", ["GB82WEST12345698765432"]),
        ("to GB82 WEST 1234 5698 7654 32 today", ["GB82 WEST 1234 5698 7654 32"]),
        ("DE89-3704-0044-0532-0130-00", ["DE89-3704-0044-0532-0130-00"]),
        ("iban=de89370400440532013000;", ["de89370400440532013000"]),
        ("NO9386011117947, BE68539007547034", ["NO9386011117947", "BE68539007547034"]),
    ],
)
def test_finds_accounts(text: str, expected: list[str]) -> None:
    assert found_by(find_ibans, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "GB83WEST12345698765432",  # check digits
        "XX82WEST12345698765432",  # no such country
        "GB82WEST1234569876543",  # too short
        "GB82WEST123456987654321",  # too long
        "xGB82WEST12345698765432",
    ],
)
def test_leaves_other_codes(text: str) -> None:
    assert found_by(find_ibans, text) == []
