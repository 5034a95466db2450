"""The rules of Gopher, C4 and FineWeb: each drops what it is meant to, and the numbers are those of its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.config.filters import FilterSettings
from ragline.preprocess.filters.judge import judge
from ragline.preprocess.filters.ngrams import NGrams
from ragline.preprocess.filters.rule import rules
from ragline.preprocess.filters.text_facts import TextFacts

GOOD = (
    "The museum in the old harbour opens at nine and closes at six. Visitors have to leave their bags at the door.\n"
    "A ticket costs five euros, and children under twelve are free to enter with an adult.\n"
    "On the first floor there is a collection of maps that sailors drew between 1600 and 1800.\n"
    "The café sells soup and bread until four. It will be closed for repairs during the second week of May.\n"
    "Guides speak English, Dutch and French! Would you like to book one of them for your group?\n"
)


def breaks(rule: str, text: str, language: str = "en") -> bool:
    """Whether the text breaks this rule, it alone being on."""
    return judge(text, language, FilterSettings(preset="none", rules={rule: True})) == rule


@pytest.mark.parametrize("rule", rules())
def test_good_prose_breaks_no_rule(rule: str) -> None:
    assert not breaks(rule, GOOD)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("gopher_word_count", "too short " * 24),
        ("gopher_mean_word_length", "an ox is by me " * 20),
        ("gopher_mean_word_length", "incomprehensibilities " * 60),
        ("gopher_hashes", "#one two # three four " * 20),
        ("gopher_ellipses", "and then ... who knows what happened next … " * 20),
        ("gopher_bullet_lines", "- one\n• two\n  - three\n" * 10),
        ("gopher_ellipsis_lines", "read on...\nall of it\nread on …\n" * 5),
        ("gopher_alphabetic_words", "12 13 14 15 words " * 20),
        ("gopher_stop_words", "no such words are in here at all, not one is " * 10),
        ("gopher_duplicate_paragraphs", "again\n\nagain\n\nand this is much longer than what was said twice here"),
        ("gopher_duplicate_paragraph_characters", "a long thing said twice\n\na long thing said twice\n\nx\n\ny\n\nz\n\nv\n\nw"),
        ("gopher_duplicate_lines", "again\nagain\nand this is longer"),
        ("gopher_duplicate_line_characters", "a long thing said twice\na long thing said twice\nx\ny\nz\nv\nw"),
        ("gopher_top_2_grams", "big deal one big deal two big deal three big deal four"),
        ("gopher_top_3_grams", "a big deal one a big deal two a big deal three other words that make it longer for a bit"),
        ("gopher_top_4_grams", "such a big deal one such a big deal two other words that make it longer for a bit"),
        *((f"gopher_duplicate_{n}_grams", "one two three four five six seven eight nine ten eleven " * 2) for n in range(5, 11)),
        ("c4_lorem_ipsum", GOOD + "Lorem ipsum dolor sit amet.\n"),
        ("c4_curly_bracket", GOOD + "Then write a { and close it.\n"),
        ("c4_sentences", "One sentence is here.\nThis is another one, of course.\nno end of a sentence\n"),
        ("fineweb_punctuated_lines", "no end\n" * 9 + "An end.\n"),
        ("fineweb_duplicate_line_characters", GOOD + "The café sells soup and bread.\nThe café sells soup and bread.\n"),
        ("fineweb_short_lines", "short\n" * 7 + GOOD[:110] + "\n"),
        ("fineweb_newlines", "two words\n" * 10),
    ],
)
def test_rule_drops_what_it_is_meant_to(rule: str, text: str) -> None:
    assert breaks(rule, text)


def test_limits_can_be_moved() -> None:
    text = "twelve words make a good answer to a question of a customer"
    assert judge(text, "en", FilterSettings(preset="none", rules={"gopher_word_count": True})) == "gopher_word_count"
    assert (
        judge(text, "en", FilterSettings.model_validate({"preset": "none", "rules": {"gopher_word_count": {"min": 10}}})) is None
    )


def test_the_only_limit_that_a_rule_has_can_be_moved() -> None:
    strict = FilterSettings.model_validate({"preset": "none", "rules": {"gopher_hashes": {"max": 0}}})
    assert judge("Issue #7 is closed.", "en", strict) == "gopher_hashes"


def test_first_broken_rule_is_named() -> None:
    assert judge("- x\n" * 5, "en", FilterSettings(preset="web")) == "gopher_duplicate_lines"


def test_languages_without_blanks_are_not_judged_by_words() -> None:
    text = "博物馆九点开门，六点关门。参观者必须把包留在门口。" * 3
    assert not breaks("gopher_word_count", text, "zh")
    assert not breaks("gopher_mean_word_length", text, "zh")


def test_stop_words_are_asked_of_english_only() -> None:
    assert not breaks("gopher_stop_words", "Das Museum am alten Hafen öffnet um neun Uhr. " * 10, "de")


def test_numbers_are_those_of_the_definition() -> None:
    facts = TextFacts("one one two - three\n", "en")
    measured = {name: rule.measure(facts, rule.limits) for name, rule in rules().items()}
    assert measured["gopher_word_count"] == 4
    assert measured["gopher_mean_word_length"] == 14 / 4
    assert measured["gopher_alphabetic_words"] == 4 / 5
    assert measured["gopher_top_2_grams"] == len("one one") / 20
    assert measured["fineweb_newlines"] == 1 / 5


def test_settings_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValueError, match="no quality rule is called 'gopher_words'; there are wordless"):
        FilterSettings(rules={"gopher_words": True})
    with pytest.raises(ValueError, match="'gopher_hashes' has no 'min', only max"):
        FilterSettings.model_validate({"rules": {"gopher_hashes": {"min": 1}}})


def test_presets_and_switches() -> None:
    assert FilterSettings(preset="none").limits() == {}
    assert list(FilterSettings(preset="web").limits()) == list(rules())
    on = FilterSettings.model_validate({"rules": {"wordless": False, "gopher_word_count": {"min": 5}}}).limits()
    assert "wordless" not in on
    assert (on["gopher_word_count"].min, on["gopher_word_count"].max) == (5, 100_000)


WORDS = st.lists(st.sampled_from(["a", "bb", "ccc", "d"]), max_size=60)


@given(WORDS, st.integers(5, 10))
def test_repeated_characters_are_found_as_reading_finds_them(words: list[str], n: int) -> None:
    seen, at, expected = set(), 0, 0
    while at < len(words) - n + 1:
        gram = tuple(words[at : at + n])
        if gram in seen:
            expected += sum(map(len, gram))
            at += n
        else:
            seen.add(gram)
            at += 1
    assert NGrams(words).repeated_characters(n, 0) == expected


@given(WORDS, st.integers(2, 4))
def test_top_characters_are_those_of_the_first_most_frequent(words: list[str], n: int) -> None:
    grams = [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]
    expected = max((grams.count(gram) for gram in grams), default=0)
    first = next((gram for gram in grams if grams.count(gram) == expected), "")
    assert NGrams(words).top_characters(n) == expected * len(first)
