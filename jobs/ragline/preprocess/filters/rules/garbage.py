"""What is no text at all: noise, debris of a wrong decoding, keyboard mash, one thing said over and over.

Each rule returns the number that its limits are held against, or None where it has nothing to say. They work on samples, and
those that tell words from noise speak only where the language cannot be told; they leave tables, code and every script alone.
"""

import re
import unicodedata

from ragline.config.filters import Limits
from ragline.preprocess.filters.rule import make_rule
from ragline.preprocess.filters.text_facts import TextFacts

_WORD_CHARACTER = re.compile(r"[^\W_]")
_BLANKS_AND_RULES = re.compile(r"[\s|:=_-]+")
_BLANKS = re.compile(r"\s+")
_UNREADABLE = re.compile("[\ufffd\ufffe\uffff\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff]")

# Below these numbers of characters chance decides.
_LETTERS_TO_JUDGE = 60
_BYTES_TO_COMPRESS = 1000
_CERTAINLY_SAYS_SOMETHING = 0.2

_RUNS = re.compile(r"[^\W_]{2,}")
_UPPER, _LOWER = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_PLAUSIBLE = re.compile(
    rf"[^{_UPPER}{_LOWER}]+"  # numbers, other scripts
    rf"|(?:[{_LOWER}]{{2,}}|[{_UPPER}][{_LOWER}]+)(?:[{_UPPER}][{_LOWER}]{{2,}})*\d*"  # words, camelCase
    rf"|[{_UPPER}]+|[{_UPPER}\d]{{1,12}}|\d+[{_LOWER}]{{1,3}}"  # abbreviations, part numbers, 12px
    r"|0x[0-9a-fA-F]{1,64}|[0-9a-fA-F]{8,64}"  # addresses, checksums and parts of UUIDs
    r"|.*[^\x00-\xff].*"  # further letters of Latin, and other scripts
)
_LONG_RUN = 60
_LETTERS_AND_DIGITS = re.compile(r"[A-Za-z0-9+/=_-]{60,}")
# Base64 mixes both cases and digits, unlike words in a row and sequences of genes; 64 hexadecimal digits may be a checksum.
_ENCODED = re.compile(r"(?=.{0,30}[a-z])(?=.{0,30}[A-Z])(?=.{0,60}\d).*|[0-9a-fA-F]{65,}")
_FEW_TOKENS = 50
# A number, something with three letters in it, what tables and code are ruled with, anything in another script.
_MEANT = re.compile(
    r"[+-]?\d\S*|\S*[^\W\d_]{3,}\S*|[\W_]*\d[\d.,:%/()+*-]*[\W_]*|[|=+*#<>&/\\-]+|\S*[^\x00-\u02ff\u2000-\u20cf]\S*"
)
_SYMBOL = re.compile(r"[^\w\s]")
_CODE_SIGNS = re.compile(r"[][(){}<>_=;:\"'`|]")
_CODE_SHARE = 0.15
_SMALL_WORDS = re.compile(r"(?<![a-zA-Z0-9_])[A-Za-z][a-z]{2,}(?![a-zA-Z0-9_])")
_VOWELS = re.compile("[aeiouy]")
_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxz]{5,}")


def wordless(facts: TextFacts) -> float:
    """Whether there is a letter or a digit: 1 or 0."""
    return 1 if _WORD_CHARACTER.search(facts.text) else 0


def unreadable_characters(facts: TextFacts) -> float:
    """The share of characters that are replacements of lost ones, controls, or have no meaning of their own (private use).
    Of ASCII it says nothing: ``normalise`` has taken its controls out."""
    if facts.text.isascii():
        return 0
    return len(_UNREADABLE.findall(facts.sample)) / max(1, len(_BLANKS.sub("", facts.sample)))


def repetitive_text(facts: TextFacts) -> float | None:
    """The size of the text when compressed, in relation to the text: next to nothing where one thing is said over and over."""
    if len(facts.text) < _BYTES_TO_COMPRESS or facts.compressed > _CERTAINLY_SAYS_SOMETHING:
        return None
    # Blank cells and rules of a table repeat without saying anything.
    said = TextFacts(_BLANKS_AND_RULES.sub(" ", facts.text), facts.language)
    return said.compressed if len(said.text) >= _BYTES_TO_COMPRESS else None


def random_text(facts: TextFacts) -> float | None:
    """The same number: noise cannot be compressed. Prose of a thousand bytes and more is below .62 in 532 languages."""
    if len(facts.text) < _BYTES_TO_COMPRESS:
        return None
    return facts.compressed


def jumbled_words(facts: TextFacts) -> float | None:
    """The share of letters and digits in words that could be some, by their case and their digits: ``word``, ``Word``,
    ``WORD``, ``camelCase``, ``12px``, but not ``wO3d``."""
    if not facts.undetermined:
        return None
    runs = _RUNS.findall(facts.sample)
    if (total := sum(map(len, runs))) < _LETTERS_TO_JUDGE:
        return None
    return sum(len(run) for run in runs if _PLAUSIBLE.fullmatch(run)) / total


def debris(facts: TextFacts) -> float | None:
    """The share of bits of one or two letters and stray signs, as optical recognition makes them of a photograph. Languages of
    short words are told from it by having no signs among them."""
    if not facts.undetermined or len(tokens := facts.sample.split()) < _FEW_TOKENS:
        return None
    bits = [token for token in tokens if not _MEANT.fullmatch(token)]
    if sum(_SYMBOL.search(token) is not None for token in bits) < len(bits) / 4:
        return None
    return len(bits) / len(tokens)


def encoded_data(facts: TextFacts) -> float:
    """The share of characters in sixty and more letters and digits in a row, as base64 and hexadecimal have them."""
    long = [token for token in facts.sample.split() if len(token) >= _LONG_RUN]
    runs = (run for token in long for run in _LETTERS_AND_DIGITS.findall(token))
    return sum(len(run) for run in runs if _ENCODED.fullmatch(run)) / max(1, len(facts.sample))


def consonant_runs(facts: TextFacts) -> float | None:
    """The share of letters in runs of five and more consonants: under .03 in the 400 languages of the Universal Declaration of
    Human Rights that are written in Latin, above .15 in what hands do to a keyboard."""
    letters = _small_words(facts)
    return sum(map(len, _CONSONANTS.findall(letters))) / _letters(letters) if letters else None


def vowels(facts: TextFacts) -> float | None:
    """The share of vowels among letters: above .32 in those languages, .23 if all letters are equally likely."""
    letters = _small_words(facts)
    return len(_VOWELS.findall(letters)) / _letters(letters) if letters else None


def _small_words(facts: TextFacts) -> str:
    """The words in small Latin letters, without accents; nothing where there are too few, or where it looks like code. Capitals
    may be abbreviations or sequences of genes, and letters beside digits are mostly checksums."""
    if not facts.undetermined or _looks_like_code(facts.sample):
        return ""
    words = " ".join(_SMALL_WORDS.findall(unicodedata.normalize("NFKD", facts.sample)))
    return words if _letters(words) >= _LETTERS_TO_JUDGE else ""


def _looks_like_code(text: str) -> bool:
    return len(_CODE_SIGNS.findall(text)) > _CODE_SHARE * len(_BLANKS.sub("", text))


def _letters(words: str) -> int:
    return len(words) - words.count(" ")


_RANK = 1
# This project's own limits, measured in benchmarks/results/filters.md.
MEMBERS = (
    make_rule(_RANK, wordless, Limits(min=1), documents=Limits(min=1)),
    make_rule(_RANK, unreadable_characters, Limits(max=0.1), documents=Limits(max=0.1)),
    make_rule(_RANK, repetitive_text, Limits(min=0.04), documents=Limits(min=0.04)),
    make_rule(_RANK, encoded_data, Limits(max=0.5), documents=Limits(max=0.5)),
    make_rule(_RANK, jumbled_words, Limits(min=0.36), documents=Limits(min=0.36)),
    make_rule(_RANK, random_text, Limits(max=0.7), documents=Limits(max=0.7)),
    make_rule(_RANK, debris, Limits(max=0.6), documents=Limits(max=0.6)),
    make_rule(_RANK, consonant_runs, Limits(max=0.12), documents=Limits(max=0.12)),
    make_rule(_RANK, vowels, Limits(min=0.24), documents=Limits(min=0.24)),
)
