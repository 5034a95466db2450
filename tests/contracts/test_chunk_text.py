import pytest

from ragline.contracts.chunk_text import encoder_input


@pytest.mark.parametrize(
    ("title", "path", "expected"),
    [
        ("Handbook", ["Leave", "Sick leave"], "Handbook > Leave > Sick leave\n\nbody"),
        ("Leave", ["leave ", "Sick leave"], "leave > Sick leave\n\nbody"),
        ("", ["Leave"], "Leave\n\nbody"),
        ("Handbook", [], "Handbook\n\nbody"),
        ("", [], "body"),
        ("", ["  "], "body"),
    ],
)
def test_the_headings_above_lead_and_a_repeated_title_is_said_once(title, path, expected):
    assert encoder_input(title, path, "body") == expected


def test_without_the_prefix_the_text_stands_alone():
    assert encoder_input("Handbook", ["Leave"], "body", heading_prefix=False) == "body"
