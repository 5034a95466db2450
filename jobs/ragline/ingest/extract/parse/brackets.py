"""Patterns of Markdown's brackets that take time in proportion to the text, whatever it is.

Where links are searched for, every ``[`` may begin one. If each were followed to the end of the text, a text of nothing but ``[``
would take time in proportion to the square of its length.
"""

# So many further brackets may stand inside a link's words, or its address.
_INSIDE = 8


def up_to(stops: str) -> str:
    """A pattern of any characters but ``stops`` (as in a character class), with at most eight opening brackets among them."""
    return rf"[^{stops}\[]*+(?:\[[^{stops}\[]*+){{0,{_INSIDE}}}+"
