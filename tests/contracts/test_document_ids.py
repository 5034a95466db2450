import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from ragline.contracts.document_ids import INSIDE, duplicate_id, inside, own_name, plain_name

# Names made of what the marks are made of, so that they come close to each other.
NAMES = st.lists(st.sampled_from(["a", "!", "/", "\\", "#", "!/", "#duplicate-", "duplicate-", "2"]), min_size=1, max_size=6).map(
    "".join
)
PATHS = st.lists(NAMES, min_size=1, max_size=4)


def called(path):
    name, *members = path
    key = plain_name(name)
    for member in members:
        key = inside(key, member)
    return key


@pytest.mark.parametrize("name", ["guides/vpn.md", "a!b/c#2", "C#", "wow!", "https://x.org/a?b=!c", "record:1", "\\\\server\\x"])
def test_an_ordinary_name_stays_as_it_is(name):
    assert plain_name(name) == name


def test_what_looks_like_a_member_is_not_called_as_one():
    assert called(["a.zip", "x.md"]) == "a.zip!/x.md"
    assert called(["a.zip!/x.md"]) == "a.zip!\\/x.md"
    assert called(["a.zip!\\/x.md"]) == "a.zip!\\\\/x.md"
    assert called(["a.zip", "b.zip", "x"]) == "a.zip!/b.zip!/x" != called(["a.zip", "b.zip!/x"])


@given(NAMES)
def test_a_name_can_be_told_from_what_it_became(name):
    assert own_name(plain_name(name)) == name
    assert INSIDE not in plain_name(name)


@given(PATHS, PATHS)
@example(["a!", "b"], ["a", "/b"])
@example(["a", "b!/c"], ["a!/b", "c"])
def test_no_two_paths_have_one_name(left, right):
    assert (called(left) == called(right)) == (left == right)


@given(PATHS, PATHS, st.sampled_from(["0a1b", "0a1b-2"]))
def test_a_duplicate_is_called_as_nothing_else(path, other, digest):
    assert duplicate_id(called(path), digest) != called(other)
