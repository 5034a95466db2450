import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ragline.config.chunking import ChunkSettings
from ragline.contracts.chunk_text import encoder_input
from ragline.preprocess.chunking.strategies.structure import Passage, StructureChunker
from ragline.preprocess.chunking.token_counter import TokenCounter
from tests.preprocess.chunking.texts import BODIES, PAGES, letters


def passages(text: str, counter: TokenCounter, title: str = "", **options: object) -> list[Passage]:
    chunker = StructureChunker(ChunkSettings.model_validate(options), counter)
    return list(chunker.chunk(text, chunker.shorten_title(title)))


def said(text: str, found: list[Passage]) -> list[tuple[tuple[str, ...], str]]:
    return [(passage.heading_path, text[passage.start : passage.end]) for passage in found]


def test_sections_become_chunks_under_their_headings(counter: TokenCounter) -> None:
    text = "Lead.\n\n# A\n\nFirst.\n\nSecond.\n\n## B\n\nThird.\n\n# C\n\nFourth.\n"
    assert said(text, passages(text, counter)) == [
        ((), "Lead."),
        (("A",), "First.\n\nSecond."),
        (("A", "B"), "Third."),
        (("C",), "Fourth."),
    ]


def test_heading_that_no_prefix_says_stays_in_the_text(counter: TokenCounter) -> None:
    text = "# A\n\n## B\n\nText.\n\n# Alone\n"
    assert said(text, passages(text, counter)) == [(("A", "B"), "Text."), (("Alone",), "# Alone")]
    assert said(text, passages(text, counter, heading_prefix=False)) == [
        (("A",), "# A"),
        (("A", "B"), "## B\n\nText."),
        (("Alone",), "# Alone"),
    ]


def test_rule_under_a_heading_is_no_passage(counter: TokenCounter) -> None:
    text = "# A\n\n---\n\n## B\n\nText.\n"
    assert said(text, passages(text, counter)) == [(("A", "B"), "Text.")]


def test_blocks_are_kept_whole_where_they_fit(counter: TokenCounter) -> None:
    code = "```\n" + "y = f(x)\n" * 4 + "```"
    text = "One two three four five six seven eight nine ten eleven twelve.\n\n" + code
    assert [part for _, part in said(text, passages(text, counter, max_tokens=40))] == [text.split("\n\n")[0], code]


def test_large_list_is_cut_between_items(counter: TokenCounter) -> None:
    text = "\n".join(f"- item number {n} of the list\n  with a second line" for n in range(8))
    for _, part in said(text, passages(text, counter, max_tokens=40)):
        assert part.startswith("- item")
        assert part.endswith("second line")


def test_large_paragraph_is_cut_between_sentences(counter: TokenCounter) -> None:
    text = " ".join(f"Sentence number {n} says little, e.g. this." for n in range(12))
    for _, part in said(text, passages(text, counter, max_tokens=50)):
        assert part.startswith("Sentence")
        assert part.endswith("this.")


def test_line_that_leads_in_goes_with_what_follows(counter: TokenCounter) -> None:
    text = "Some words that take up room here and there.\n\nFor example:\n\n```\n" + "run --fast\n" * 4 + "```"
    assert [part.split("\n")[0] for _, part in said(text, passages(text, counter, max_tokens=32, target_tokens=28))] == [
        "Some words that take up room here and there.",
        "For example:",
    ]


def test_small_tail_takes_over_some_of_the_chunk_before(counter: TokenCounter) -> None:
    text = "\n\n".join(["one two three four five six seven eight"] * 4 + ["end"])
    counts = [passage.token_count for passage in passages(text, counter, max_tokens=34)]
    assert len(counts) == 2
    assert min(counts) > 15


def test_word_that_the_tokenizer_cannot_read_is_cut(counter: TokenCounter) -> None:
    text = "x" * 10_000
    found = passages(text, counter, max_tokens=50)
    assert max(passage.end - passage.start for passage in found) <= 50 * 16
    assert "".join(text[passage.start : passage.end] for passage in found) == text


def test_headings_and_titles_leave_room_for_text(counter: TokenCounter) -> None:
    text = "".join(f"{'#' * level} level {level} of the page\n\n" for level in range(1, 7)) + "Text of the deepest section."
    found = passages(text, counter, title="A very long title " * 40, max_tokens=48)
    assert found[-1].heading_path[-1] == "level 6 of the page"
    assert "Text of the deepest section." in text[found[-1].start : found[-1].end]


@settings(max_examples=100, deadline=None)
@given(PAGES, st.sampled_from(["", "A title", "title " * 50]), st.sampled_from([16, 40, 200]), st.booleans())
def test_no_chunk_exceeds_the_limit_and_all_text_is_covered(
    counter: TokenCounter, text: str, title: str, max_tokens: int, prefix: bool
) -> None:
    chunker = StructureChunker(ChunkSettings(max_tokens=max_tokens, heading_prefix=prefix), counter)
    short = chunker.shorten_title(title)
    found = list(chunker.chunk(text, short))
    for passage in found:
        given_text = encoder_input(short, passage.heading_path, text[passage.start : passage.end], heading_prefix=prefix)
        assert counter.count([given_text]) == [passage.token_count]
        assert passage.token_count <= max_tokens
    said_in_a_prefix = {letters(heading) for passage in found for heading in passage.heading_path}
    for line in left_out(text, found):
        if prefix and letters(line):
            assert any(letters(line) in heading for heading in said_in_a_prefix)
        else:
            # A heading's underline or marks; without a prefix not even those.
            assert prefix and re.fullmatch(r"[ #=*`.-]*", line)


def left_out(text: str, found: list[Passage]) -> list[str]:
    """The lines, or parts of lines, that are in no passage and not blank."""
    ends, starts = [0, *(p.end for p in found)], [*(p.start for p in found), len(text)]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    gaps = (text[end:start].split("\n") for end, start in zip(ends, starts, strict=True))
    return [line for gap in gaps for line in gap if line.strip()]


@settings(max_examples=30, deadline=None)
@given(st.lists(BODIES, min_size=2, max_size=4), st.integers(0, 3), BODIES)
def test_edit_in_one_section_leaves_the_others_chunks_alone(
    counter: TokenCounter, bodies: list[str], edited: int, replacement: str
) -> None:
    def page(parts: list[str]) -> str:
        # Fenced, so that a body cannot open something that the next heading would be part of.
        return "\n\n".join(f"# Section {n}\n\n~~~~~\n{part}\n~~~~~" for n, part in enumerate(parts))

    edited %= len(bodies)
    changed = [*bodies[:edited], replacement, *bodies[edited + 1 :]]
    before, after = (said(text, passages(text, counter, max_tokens=40)) for text in (page(bodies), page(changed)))
    other = f"Section {edited}"
    assert [part for part in before if part[0] != (other,)] == [part for part in after if part[0] != (other,)]
