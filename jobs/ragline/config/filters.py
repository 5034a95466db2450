"""The configuration of the quality rules: which are on, and where they draw the line."""

from types import MappingProxyType
from typing import Literal

from pydantic import Field, model_validator

from ragline.config.section import Section


class Limits(Section):
    """What a rule allows. A document below ``min`` or above ``max`` is dropped."""

    min: float | None = None
    max: float | None = None


# Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", section A1.1 and table A1.
_GOPHER_REPETITION = {
    "gopher_duplicate_paragraphs": Limits(max=0.3),
    "gopher_duplicate_paragraph_characters": Limits(max=0.2),
    "gopher_duplicate_lines": Limits(max=0.3),
    "gopher_duplicate_line_characters": Limits(max=0.2),
    "gopher_top_2_grams": Limits(max=0.2),
    "gopher_top_3_grams": Limits(max=0.18),
    "gopher_top_4_grams": Limits(max=0.16),
    "gopher_duplicate_5_grams": Limits(max=0.15),
    "gopher_duplicate_6_grams": Limits(max=0.14),
    "gopher_duplicate_7_grams": Limits(max=0.13),
    "gopher_duplicate_8_grams": Limits(max=0.12),
    "gopher_duplicate_9_grams": Limits(max=0.11),
    "gopher_duplicate_10_grams": Limits(max=0.1),
}
_GOPHER_QUALITY = {
    "gopher_word_count": Limits(min=50, max=100_000),
    "gopher_mean_word_length": Limits(min=3, max=10),
    "gopher_hashes": Limits(max=0.1),
    "gopher_ellipses": Limits(max=0.1),
    "gopher_bullet_lines": Limits(max=0.9),
    "gopher_ellipsis_lines": Limits(max=0.3),
    "gopher_alphabetic_words": Limits(min=0.8),
    "gopher_stop_words": Limits(min=2),
}
# Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", section 2.2.
_C4 = {
    "c4_lorem_ipsum": Limits(max=0),
    "c4_curly_bracket": Limits(max=0),
    "c4_sentences": Limits(min=5),
}
# Penedo et al. 2024, "The FineWeb Datasets: Decanting the Web for the Finest Text Data at Scale", section 3.6.
_FINEWEB = {
    "fineweb_punctuated_lines": Limits(min=0.12),
    "fineweb_duplicate_line_characters": Limits(max=0.01),
    "fineweb_short_lines": Limits(max=0.67),
    "fineweb_newlines": Limits(max=0.3),
}
# This project's: what is no text in any language, script or format. Measured in benchmarks/results/filters.md.
_GARBAGE = {
    "wordless": Limits(min=1),
    "unreadable_characters": Limits(max=0.1),
    "repetitive_text": Limits(min=0.04),
    "encoded_data": Limits(max=0.5),
    "jumbled_words": Limits(min=0.36),
    "random_text": Limits(max=0.7),
    "debris": Limits(max=0.6),
    "consonant_runs": Limits(max=0.12),
    "vowels": Limits(min=0.24),
}

# Every rule with its published threshold, in the order in which they are asked.
PUBLISHED = MappingProxyType({**_GARBAGE, **_GOPHER_REPETITION, **_GOPHER_QUALITY, **_C4, **_FINEWEB})
PRESETS = MappingProxyType(
    {
        "none": {},
        # A handbook repeats lines, a price list has no sentences: only what repeats nearly all of itself goes.
        "documents": {
            **_GARBAGE,
            "gopher_duplicate_paragraph_characters": Limits(max=0.9),
            "gopher_duplicate_line_characters": Limits(max=0.95),
        },
        "web": dict(PUBLISHED),
    }
)


class FilterSettings(Section):
    """Quality rules: a preset, and rules switched on (``true``), off (``false``) or given other limits on top of it."""

    preset: Literal["none", "documents", "web"] = "documents"
    rules: dict[str, bool | Limits] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _knows_its_rules(self) -> "FilterSettings":
        for name, wanted in self.rules.items():
            if name not in PUBLISHED:
                raise ValueError(f"no quality rule is called '{name}'; there are {', '.join(PUBLISHED)}")
            known = PUBLISHED[name].model_dump(exclude_none=True)
            given = wanted.model_fields_set if isinstance(wanted, Limits) else set()
            if strange := given - known.keys():
                raise ValueError(f"the quality rule '{name}' has no '{strange.pop()}', only {' and '.join(known)}")
        return self

    def limits(self) -> dict[str, Limits]:
        """The rules that are on, in the order in which they are asked, with their limits."""
        chosen = PRESETS[self.preset]
        on = {}
        for name, published in PUBLISHED.items():
            wanted = self.rules.get(name, name in chosen)
            base = chosen.get(name, published)
            if isinstance(wanted, Limits):
                on[name] = base.model_copy(update=wanted.model_dump(exclude_unset=True))
            elif wanted:
                on[name] = base
        return on
