"""Every quality rule by its name."""

from collections.abc import Callable
from functools import partial

from ragline.config.filters import Limits
from ragline.preprocess.filters import c4, fineweb, garbage, gopher_quality
from ragline.preprocess.filters import gopher_repetition as repetition
from ragline.preprocess.filters.text_facts import TextFacts

# What a rule measures of a text; the limits say from where on an exact number is needed.
Rule = Callable[[TextFacts, Limits], float | None]


def _plain(measure: Callable[[TextFacts], float | None]) -> Rule:
    return lambda facts, _: measure(facts)


_PLAIN = (
    garbage.wordless,
    garbage.unreadable_characters,
    garbage.repetitive_text,
    garbage.encoded_data,
    garbage.jumbled_words,
    garbage.random_text,
    garbage.debris,
    garbage.consonant_runs,
    garbage.vowels,
    repetition.gopher_duplicate_paragraphs,
    repetition.gopher_duplicate_paragraph_characters,
    repetition.gopher_duplicate_lines,
    repetition.gopher_duplicate_line_characters,
    gopher_quality.gopher_word_count,
    gopher_quality.gopher_mean_word_length,
    gopher_quality.gopher_hashes,
    gopher_quality.gopher_ellipses,
    gopher_quality.gopher_bullet_lines,
    gopher_quality.gopher_ellipsis_lines,
    gopher_quality.gopher_alphabetic_words,
    gopher_quality.gopher_stop_words,
    c4.c4_lorem_ipsum,
    c4.c4_curly_bracket,
    c4.c4_sentences,
    fineweb.fineweb_punctuated_lines,
    fineweb.fineweb_duplicate_line_characters,
    fineweb.fineweb_short_lines,
    fineweb.fineweb_newlines,
)
RULES: dict[str, Rule] = {
    **{measure.__name__: _plain(measure) for measure in _PLAIN},
    **{f"gopher_top_{n}_grams": _plain(partial(repetition.gopher_top_ngrams, n=n)) for n in (2, 3, 4)},
    **{f"gopher_duplicate_{n}_grams": partial(repetition.gopher_duplicate_ngrams, n) for n in range(5, 11)},
}
