import io

import pytest
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ragline.runtime.terminal import Terminal

HOSTILE = "[/red][bold]x[/nope] \x1b]0;owned\x07\x9b2J\u202e :smile:"


def table(cell):
    made = Table(title=HOSTILE)
    made.add_column(HOSTILE)
    made.add_row(cell)
    return made


@pytest.mark.parametrize(
    "renderable",
    [
        HOSTILE,
        Text(HOSTILE, "bold"),
        table(HOSTILE),
        table(Text(HOSTILE)),
        Padding(HOSTILE, 2),
        Tree(HOSTILE),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("colours", [None, "standard"])
def test_whatever_is_printed_neither_acts_nor_is_read_as_markup(renderable, colours):
    screen = io.StringIO()
    Terminal(file=screen, width=300, force_terminal=True, color_system=colours).print(renderable)
    printed = screen.getvalue()
    assert "[/red][bold]x[/nope]" in printed
    assert ":smile:" in printed
    assert not {"\x07", "\x9b", "\u202e"} & set(printed)
    assert "\x1b]" not in printed
    if colours is None:
        assert "\x1b" not in printed


def test_our_own_styles_do_show():
    screen = io.StringIO()
    Terminal(file=screen, force_terminal=True, color_system="standard").print(Text("x", "bold red"))
    assert screen.getvalue() == "\x1b[1;31mx\x1b[0m\n"
