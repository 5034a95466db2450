import pytest

from ragline.privacy.kinds.social_security import find_social_security_numbers
from tests.privacy.detection import found_by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("536-90-4399", ["536-90-4399"]),
        ("SSN 536904399", ["536904399"]),
        ("social security number: 536 90 4399.", ["536 90 4399"]),
    ],
)
def test_finds_numbers(text: str, expected: list[str]) -> None:
    assert found_by(find_social_security_numbers, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "536904399",
        "536 90 4399",
        "000-12-3456",
        "666-12-3456",
        "912-34-5678",
        "123-00-4567",
        "123-45-0000",
        "12-536-90-4399",
        "2270-66-1551",
    ],
)
def test_leaves_other_numbers_and_ranges_never_given_out(text: str) -> None:
    assert found_by(find_social_security_numbers, text) == []
