import pickle
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.config.personal_data import PersonalDataSettings
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.protection.protector import Protected, Protector, unavailable_kinds
from ragline.privacy.finding import Finding

PIECES = st.sampled_from(
    [
        *(
            "ann@acme.org",
            "+44 20 7946 0958",
            "4111 1111 1111 1111",
            "GB82 WEST 1234 5698 7654 32",
            "536-90-4399",
            "93.184.216.34",
        ),
        *(
            "https://ann:pw1234@acme.org/",
            "password=h7Gq_1xZ",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
            "A" * 20,
        ),
        *(" ", "\n", "\n\n", "-", ".", ":", "@", "tel ", "a", "é", "12", "0", "[", "]", "[EMAIL]", "call ", "version "),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
ACTIONS = st.fixed_dictionaries(
    {},
    optional={
        kind: st.sampled_from(["keep", "tag", "redact", "drop"])
        for kind in ("email", "phone", "card", "ip", "secret", "private_key")
    },
)


def protect(text: str, **settings: Any) -> Protected:
    return Protector(PersonalDataSettings.model_validate(settings), "docs").protect(CleanedText.of(text))


def test_default_hides_what_is_somebodys_and_tags_telephones_and_machines() -> None:
    made = protect("Ask ann@acme.org, tel. +44 20 7946 0958, on 93.184.216.34; IBAN GB82WEST12345698765432.")
    assert made.cleaned.text == "Ask [EMAIL], tel. +44 20 7946 0958, on 93.184.216.34; IBAN [IBAN]."
    assert made.found == {"email": 1, "iban": 1, "ip": 1, "phone": 1}
    assert made.drop is None


def test_kept_kinds_are_neither_changed_nor_counted() -> None:
    made = protect("ann@acme.org 536-90-4399", policy="keep", kinds={"ssn": "redact"})
    assert (made.cleaned.text, made.found) == ("ann@acme.org [SSN]", {"ssn": 1})


def test_kept_kind_is_not_taken_for_another() -> None:
    assert protect("call 4111 1111 1111 1111", kinds={"card": "keep", "phone": "redact"}).found == {}


def test_drop_says_which_kind_it_was_for_and_hides_it_all_the_same() -> None:
    made = protect("pay GB82WEST12345698765432", policy="drop")
    assert (made.drop, made.cleaned.text) == ("personal_data_iban", "pay [IBAN]")


def test_allowed_values_and_domains_are_left_alone() -> None:
    made = protect("a@example.com b@EXAMPLE.com c@acme.org d@acme.org", allow=["@example.com", "C@acme.org"])
    assert made.cleaned.text == "a@example.com b@EXAMPLE.com c@acme.org [EMAIL]"


def test_kinds_between_are_those_of_the_protected_text() -> None:
    made = protect("ann@acme.org writes. Call +44 20 7946 0958.")
    assert made.cleaned.text == "[EMAIL] writes. Call +44 20 7946 0958."
    assert made.kinds_between(0, 38) == ("email", "phone")
    assert made.kinds_between(0, 1) == ("email",)
    assert made.kinds_between(7, 21) == ()
    assert made.kinds_between(30, 32) == ("phone",)


def test_what_is_found_beside_a_placeholder_is_hidden_too() -> None:
    assert protect("x@a.bb@c.dd").cleaned.text == "[EMAIL]@c.dd"
    assert protect("12-536-90-4399@a.bb 536-90-4399").cleaned.text == "[EMAIL] [SSN]"


def test_travels_to_another_process() -> None:
    protector = pickle.loads(pickle.dumps(Protector(PersonalDataSettings(), "docs")))
    assert protector.protect(CleanedText.of("a@b.org")).cleaned.text == "[EMAIL]"


def test_kinds_that_nothing_can_find_are_told() -> None:
    settings = PersonalDataSettings.model_validate(
        {"sources": {"mail": {"kinds": {"person": "redact"}}}, "entity_model": "no_such_model"}
    )
    assert unavailable_kinds(settings) == ("person",)
    assert unavailable_kinds(PersonalDataSettings(entity_model="no_such_model")) == ()


@given(TEXTS, ACTIONS)
def test_protecting_twice_changes_nothing(text: str, kinds: dict[str, str]) -> None:
    once = protect(text, kinds=kinds)
    again = protect(once.cleaned.text, kinds=kinds)
    assert again.cleaned.text == once.cleaned.text


@given(TEXTS, ACTIONS)
def test_what_was_found_is_in_order_and_where_it_says(text: str, kinds: dict[str, str]) -> None:
    settings = PersonalDataSettings.model_validate({"kinds": kinds})
    made = Protector(settings, "docs").protect(CleanedText.of(text))
    end = 0
    for finding in made.findings:
        assert end <= finding.start < finding.end <= len(made.cleaned.text)
        end = finding.end
        hidden = settings.actions_for("docs")[finding.kind] != "tag"
        assert (made.cleaned.text[finding.start : finding.end] == f"[{finding.kind.upper()}]") == hidden


@given(TEXTS, ACTIONS)
def test_text_between_placeholders_is_the_original_through_the_alignment(text: str, kinds: dict[str, str]) -> None:
    settings = PersonalDataSettings.model_validate({"kinds": kinds})
    made = Protector(settings, "docs").protect(CleanedText.of(text))
    done = 0
    hidden = [finding for finding in made.findings if settings.actions_for("docs")[finding.kind] != "tag"]
    for start, end in [(f.start, f.end) for f in [*hidden, Finding("", len(made.cleaned.text), len(made.cleaned.text))]]:
        if done < start:
            original = text[made.cleaned.origin_of_start(done) : made.cleaned.origin_of_end(start)]
            assert original == made.cleaned.text[done:start]
        done = end


HOSTILE = {
    "one letter": "a" * 1_000_000,
    "at signs": "@" * 1_000_000,
    "digits": "1" * 1_000_000,
    "hyphens": "-" * 1_000_000,
    "digits and hyphens": "1-" * 500_000,
    "digits and dots": "1." * 500_000,
    "digits and spaces": "1 " * 500_000,
    "colons": ":" * 1_000_000,
    "hexadecimal and colons": "f:" * 500_000,
    "addresses without an end": "a@" * 500_000,
    "labels without an end": "a@" + "b-" * 500_000,
    "URLs without an end": "://a:" * 50_000,
    "names of secrets": "password=" * 25_000,
    "begun keys": "-----BEGIN PRIVATE KEY-----" * 37_000,
    "begun web tokens": "eyJaaaaaaaaaaaaaaaaaaaaaa." * 38_000,
    "begun accounts": "GB12" * 250_000,
    "telephones": "tel 1234567 " * 20_000,
    "addresses": "a@b.cc@" * 30_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_takes_linear_time_on_hostile_text(text: str) -> None:
    started = time.process_time()
    protect(text)
    assert time.process_time() - started < 8  # a second at most on an idle machine; anything quadratic takes minutes
