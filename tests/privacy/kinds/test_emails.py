import pytest

from ragline.privacy.kinds.emails import find_emails
from tests.privacy.detection import found_by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask jane.doe+x@mail.example.com.", ["jane.doe+x@mail.example.com"]),
        ("<mailto:a@b.io>, c_d@e-f.co.uk", ["a@b.io", "c_d@e-f.co.uk"]),
        ("jörg@münchen.de", ["jörg@münchen.de"]),
        ("a@b.com_", ["a@b.com"]),
        ("someone@xn--80ak6aa92e.xn--p1ai", ["someone@xn--80ak6aa92e.xn--p1ai"]),
        ('say "john doe"@acme.org', ['"john doe"@acme.org']),
        ("o'brien@acme.org", ["o'brien@acme.org"]),
        ("'ann@acme.org'", ["ann@acme.org"]),
        ("author=ann@acme.org", ["ann@acme.org"]),
        ("a@b.cc@d.ee", ["a@b.cc"]),
        ("*ann@acme.org*", ["ann@acme.org"]),
    ],
)
def test_finds_addresses(text: str, expected: list[str]) -> None:
    assert found_by(find_emails, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "@decorator",
        "numpy@1.2.3",
        "icon@2x.png",
        "user @ example.com",
        "a@localhost",
        "git@github.com:org/repo.git",
        "x@w.dot(y)",
        "A@B.T",
        "https://medium.com/@ann/post",
    ],
)
def test_leaves_what_is_no_address(text: str) -> None:
    assert found_by(find_emails, text) == []
