"""Copies of a text that are made on purpose, with their exact Jaccard similarity to it."""

import re
from collections.abc import Sequence
from random import Random

SHINGLE_WORDS = 5

_TOKENS = re.compile(r"\S+|\s+")


def exact_jaccard(left: str, right: str) -> float:
    """Jaccard similarity of the sets of 5-word shingles, case-folded: counted, not estimated."""
    one, other = _shingles(left), _shingles(right)
    return len(one & other) / len(one | other)


def exact_copy(text: str, random: Random) -> str:
    """The same words, some of them in capitals, all in small letters, or with more blanks between them."""
    small = random.random() < 0.3

    def respell(match: re.Match[str]) -> str:
        token, chance = match.group(), random.random()
        if token.isspace():
            return token + " " * random.randint(1, 3) if chance < 0.05 else token
        other = token.lower() if small else token.upper() if chance < 0.05 else token
        return other if other.casefold() == token.casefold() else token

    return _TOKENS.sub(respell, text)


def near_copy(text: str, similarity: float, words: Sequence[str], random: Random) -> str:
    """The text with words replaced by others until its Jaccard similarity to it is about so high.

    Replacing one word changes the (up to) five shingles it stands in, the next beside it one more. So with n shingles
    of which d are to change, (n - d) / (n + d) = similarity; words are replaced that together change exactly d.
    """
    tokens = _TOKENS.findall(text)
    places = [number for number, token in enumerate(tokens) if not token.isspace()]
    count = len(places) - SHINGLE_WORDS + 1
    left = round(count * (1 - similarity) / (1 + similarity))
    changed = bytearray(count)
    # Words without markup first: the structure stays as it is, as far as that is possible.
    order = sorted(random.sample(range(len(places)), len(places)), key=lambda n: not tokens[places[n]].isalpha())
    for number in order:
        if not left:
            break
        first, last = max(0, number - SHINGLE_WORDS + 1), min(count, number + 1)
        new = last - first - sum(changed[first:last])
        if 0 < new <= left and tokens[places[number]].isalnum():
            tokens[places[number]] = random.choice(words)
            changed[first:last] = b"\1" * (last - first)
            left -= new
    return "".join(tokens)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return {tuple(words[start : start + SHINGLE_WORDS]) for start in range(max(1, len(words) - SHINGLE_WORDS + 1))}
