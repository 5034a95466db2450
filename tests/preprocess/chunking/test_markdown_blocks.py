from hypothesis import given
from hypothesis import strategies as st

from ragline.preprocess.chunking.markdown_blocks import Block
from ragline.preprocess.chunking.markdown_blocks import markdown_blocks as blocks_of


def markdown_blocks(text: str) -> list[Block]:
    return list(blocks_of(text))


TEXT = """# Title *here* #

Some text
on two lines.

- one

  more
- two

| a | b |
|---|---|
| 1 | 2 |

```sh
# not a heading
```

[link]: http://example.com

Under
-----
<div>
html
</div>
"""


def test_blocks_of_a_page() -> None:
    found = [(block.kind, TEXT[block.start : block.end].split("\n")[0]) for block in markdown_blocks(TEXT)]
    assert found == [
        ("heading", "# Title *here* #"),
        ("paragraph", "Some text"),
        ("list", "- one"),
        ("table", "| a | b |"),
        ("code", "```sh"),
        ("paragraph", "[link]: http://example.com"),
        ("heading", "Under"),
        ("html", "<div>"),
    ]


def test_headings_have_a_level_and_plain_words() -> None:
    found = [(block.level, block.title) for block in markdown_blocks(TEXT) if block.kind == "heading"]
    assert found == [(1, "Title here"), (2, "Under")]


def test_list_items_are_found() -> None:
    block = next(block for block in markdown_blocks(TEXT) if block.kind == "list")
    assert [TEXT[start : start + 5] for start in block.items] == ["- one", "- two"]


def test_heading_without_words_is_a_paragraph() -> None:
    assert [block.kind for block in markdown_blocks("# ![](logo.png)\n\n#\n\ntext")] == ["paragraph"] * 3


def test_overline_is_not_part_of_a_title() -> None:
    assert markdown_blocks("=====\nTitle\n=====\n\ntext")[0].title == "Title"


@given(st.text(alphabet="ab#-=>*`|1. \n[]:<!", max_size=120))
def test_blocks_are_in_order_and_cover_every_line_that_is_not_blank(text: str) -> None:
    blocks = markdown_blocks(text)
    ends = [0, *(block.end for block in blocks)]
    starts = [*(block.start for block in blocks), len(text)]
    for end, start in zip(ends, starts, strict=True):
        assert end <= start
        assert not text[end:start].strip()
