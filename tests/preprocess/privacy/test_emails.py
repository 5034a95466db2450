import time

import pytest

from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.privacy.emails import redact_emails


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask jane.doe+x@mail.example.com.", "Ask [EMAIL]."),
        ("<mailto:a@b.io>, c_d@e-f.co.uk", "<mailto:[EMAIL]>, [EMAIL]"),
        ("jörg@münchen.de", "[EMAIL]"),
        ("a@b.com_", "[EMAIL]_"),
        ("someone@xn--80ak6aa92e.xn--p1ai", "[EMAIL]"),
    ],
)
def test_replaces_addresses(text: str, expected: str) -> None:
    assert redact_emails(CleanedText.of(text))[0].text == expected


@pytest.mark.parametrize("text", ["@decorator", "numpy@1.2.3", "icon@2x.png", "user @ example.com", "a@localhost"])
def test_leaves_what_is_no_address(text: str) -> None:
    assert redact_emails(CleanedText.of(text)) == (CleanedText.of(text), 0)


def test_counts_addresses_and_keeps_places() -> None:
    text, found = redact_emails(CleanedText.of("from a@b.org to c@d.org today"))
    assert found == 2
    start = text.text.index("today")
    assert (text.origin_of_start(start), text.origin_of_end(start + 5)) == (24, 29)


@pytest.mark.parametrize("text", ["a" * 200_000 + "@", "a@" * 100_000, "a@" + "b." * 100_000, "a@" + "b-" * 100_000])
def test_takes_linear_time_on_hostile_text(text: str) -> None:
    started = time.process_time()
    redact_emails(CleanedText.of(text))
    assert time.process_time() - started < 5
