from hypothesis import given
from hypothesis import strategies as st

from ragline.config.personal_data import PersonalDataPolicy
from ragline.privacy.redaction import redact

ALL = PersonalDataPolicy(policy="redact").actions()


def test_personal_data_in_a_query_gives_way_to_placeholders():
    assert redact("why was ada@example.com locked out of 10.1.2.3?", ALL).text == "why was [EMAIL] locked out of [IP]?"


def test_kinds_to_keep_and_to_tag_stay():
    policy = PersonalDataPolicy(policy="keep", kinds={"ip": "tag"})
    query = "why was ada@example.com locked out of 10.1.2.3?"
    assert redact(query, policy.actions()).text == query


def test_a_kind_that_is_dropped_is_named():
    found = redact("mail ada@example.com", PersonalDataPolicy(kinds={"email": "drop"}).actions())
    assert found.drop == "email"


@given(st.lists(st.sampled_from(["ada@example.com", "10.1.2.3", "reset", "+49 30 901820", "DE89370400440532013000", ", "])))
def test_redacting_twice_changes_nothing(words):
    once = redact(" ".join(words), ALL)
    assert redact(once.text, ALL) == once
    assert "@" not in once.text
