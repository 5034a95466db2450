"""Hostile inputs for a regular expression, derived from its own parse tree.

What makes a backtracking engine slow is a part that repeats, met again and again: after something that let it begin, made of
characters that several parts take, and followed by something that lets none of them end. So each input is a beginning that the
pattern takes up to one of its repeats, a *pump* that is repeated, and an end that nothing takes.
"""

import re
from collections.abc import Iterator
from itertools import product
from re import _compiler, _parser  # type: ignore[attr-defined]  # the standard library's own parser of patterns
from typing import Any

_UNIVERSE = "ab1Z_ \n\t-[](){}<>\"'`.,:;/@#*=+!|\\~^$%&?0exX\x00\x85é\u3000\u200c中ａ"
_MOST_PUMPS, _MOST_BEGINNINGS = 70, 7


def attacks(pattern: re.Pattern[Any], length: int) -> Iterator[Any]:
    """Texts (bytes for a pattern of bytes) of about ``length`` characters."""
    tree = _Tree(pattern)
    beginnings = list(dict.fromkeys(["", *(beginning for beginning, _ in tree.repeats)]))[:_MOST_BEGINNINGS]
    letters = tree.alphabet()
    pumps = [*(body for _, body in tree.repeats), *beginnings, tree.whole, *letters, *map("".join, product(letters, repeat=2))]
    pumps += [beginning + letter for beginning in beginnings for letter in letters]
    for pump in list(dict.fromkeys(filter(None, pumps)))[:_MOST_PUMPS]:
        for beginning in beginnings:
            for end in ("", "\x00"):
                text = beginning + pump * ((length - len(beginning)) // len(pump) + 1) + end
                yield text.encode("latin-1", "ignore") if isinstance(pattern.pattern, bytes) else text


class _Tree:
    """A parsed pattern: ``repeats`` are what it takes before each of its repeats, with what is repeated."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self._flags = pattern.flags
        self._state = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE & ~re.LOCALE)
        self._sets: list[str] = []
        self._groups: dict[int, str] = {}
        self.repeats: list[tuple[str, str]] = []
        self.whole = self._walk(self._state, "")

    def alphabet(self) -> list[str]:
        """One character of each kind that the pattern tells apart."""
        kinds: dict[tuple[bool, ...], str] = {}
        for character in _UNIVERSE:
            kinds.setdefault(tuple(character in members for members in self._sets), character)
        return list(kinds.values())

    def _walk(self, nodes: Any, taken: str) -> str:
        """Go over a sequence of nodes, given what was taken before; returns that with what the sequence takes."""
        for node in nodes:
            taken = self._step(node, taken)
        return taken

    def _step(self, node: Any, taken: str) -> str:
        kind, value = str(node[0]), node[1]
        if kind in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            return taken + self._member(node)
        if kind == "BRANCH":
            return [self._walk(part, taken) for part in value[1]][0]
        if kind == "SUBPATTERN":
            after = self._walk(value[3], taken)
            self._groups[value[0]] = after[len(taken) :]
            return after
        if kind == "ATOMIC_GROUP":
            return self._walk(value, taken)
        if kind == "GROUPREF":
            return taken + self._groups.get(value, "")
        if kind.endswith("REPEAT"):
            least, _, body = value
            once = self._walk(body, taken)[len(taken) :]
            self.repeats.append((taken, once))
            return taken + once * max(least, 1)
        if kind == "ASSERT":
            inside = self._walk(value[1], "" if value[0] < 0 else taken)
            # What stands behind has been taken already, but for its beginning.
            return inside if value[0] < 0 and (inside.endswith(taken) or not taken) else taken
        if kind == "ASSERT_NOT":
            self._walk(value[1], "")
        return taken

    def _member(self, node: Any) -> str:
        known = chr(node[1]) if str(node[0]) == "LITERAL" else ""
        if node not in getattr(self, "_seen", []):
            one = _parser.SubPattern(self._state.state, [node])
            matcher = _compiler.compile(one, self._flags & (re.IGNORECASE | re.DOTALL | re.ASCII) | self._kind())
            found = "".join(c for c in _UNIVERSE + known if self._matches(matcher, c))
            self._sets.append(found)
        else:
            found = ""
        return known or found[:1]

    def _kind(self) -> int:
        return 0 if self._flags & re.UNICODE == 0 else re.UNICODE

    def _matches(self, matcher: Any, character: str) -> bool:
        try:
            return bool(matcher.match(character))
        except TypeError:  # a pattern of bytes
            return bool(matcher.match(character.encode("latin-1", "ignore")))
