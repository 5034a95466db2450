import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ragline.config.access import labels_in
from ragline.config.sources import SourceSettings
from ragline.ingest.access_rules import AccessRule

BLANK = st.text(st.sampled_from(" \t\r\n,;\u00a0\u2003"), max_size=8)
LABEL = st.text(min_size=1, max_size=5).filter(lambda text: text.strip() and not re.search("[,;]", text))


@given(st.one_of(BLANK, st.lists(BLANK.map(lambda text: re.sub("[,;]", "", text))), st.none()))
def test_a_value_without_a_label_says_nothing(value):
    assert labels_in(value) is None


@given(st.lists(LABEL, min_size=1), st.lists(BLANK, min_size=1))
def test_every_label_is_found_whatever_stands_between_them(labels, blanks):
    joined = "".join(f"{label},{blanks[number % len(blanks)]};" for number, label in enumerate(labels))
    assert labels_in(joined) == tuple(label.strip() for label in labels)
    assert labels_in([*labels, "", " "]) == tuple(label.strip() for label in labels)


@pytest.mark.parametrize("value", [7, True, {}, {"hr": 1}, ["hr", 1], [None], b"hr", 1.5, float("nan")])
def test_what_is_neither_text_nor_texts_is_an_error(value):
    with pytest.raises(ValueError, match="access labels must be text or a list of texts"):
        labels_in(value)


@pytest.mark.parametrize("labels", [[""], [" "], ["hr", "\t"]])
def test_a_blank_label_in_the_configuration_is_an_error(labels):
    with pytest.raises(ValidationError, match="one of the labels is blank"):
        SourceSettings(name="a", type="folder", access_labels=labels)
    with pytest.raises(ValidationError, match="one of the labels is blank"):
        AccessRule(match="*", access_labels=labels)


def test_an_empty_list_in_the_configuration_makes_public_and_blanks_around_names_do_not_count():
    assert AccessRule(match="*", access_labels=[]).access_labels == []
    source = SourceSettings(name="a", type="folder", access_labels=[" hr "], tenant=" acme ")
    assert (source.access_labels, source.tenant) == (["hr"], "acme")
