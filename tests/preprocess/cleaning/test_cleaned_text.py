import re

from hypothesis import given
from hypothesis import strategies as st

from ragline.preprocess.cleaning.cleaned_text import CleanedText

REPLACEMENTS = st.lists(
    st.tuples(st.sampled_from(["a+", "b", "ab", "a.", "[bc]{2}", ".b.", r"\s+"]), st.sampled_from(["", "x", "ab", "[EMAIL]"])),
    max_size=5,
)
TEXTS = st.text(alphabet="abc \n", max_size=40)


def cleaned(text: str, replacements: list[tuple[str, str]]) -> CleanedText:
    result = CleanedText.of(text)
    for pattern, replacement in replacements:
        result = result.sub(re.compile(pattern, re.DOTALL), replacement)
    return result


def test_untouched_text_is_its_own_origin() -> None:
    text = CleanedText.of("hello")
    assert (text.origin_of_start(1), text.origin_of_end(4)) == (1, 4)


def test_slice_maps_back_through_a_shorter_replacement() -> None:
    text = CleanedText.of("one\r\ntwo\r\nthree").sub(re.compile("\r\n"), "\n")
    start = text.text.index("two")
    assert (text.origin_of_start(start), text.origin_of_end(start + 3)) == (5, 8)


def test_slice_that_cuts_a_replacement_spans_all_that_was_replaced() -> None:
    text = CleanedText.of("mail me@x.org now").sub(re.compile("me@x.org"), "[EMAIL]")
    inside = text.text.index("MAI")
    assert (text.origin_of_start(inside), text.origin_of_end(inside + 3)) == (5, 13)


def test_slice_leaves_out_what_was_deleted_beside_it() -> None:
    text = CleanedText.of("ab--cd").sub(re.compile("-+"), "")
    assert (text.origin_of_start(0), text.origin_of_end(2)) == (0, 2)
    assert (text.origin_of_start(2), text.origin_of_end(4)) == (4, 6)


def test_alignment_is_flat_pairs_from_the_slice_to_the_original() -> None:
    text = CleanedText.of("see me@x.org, then").sub(re.compile("me@x.org"), "[EMAIL]")
    assert text.alignment(0, len(text.text)) == [0, 0, 4, 4, 11, 12, 17, 18]


@given(TEXTS, REPLACEMENTS)
def test_text_is_what_re_sub_makes(text: str, replacements: list[tuple[str, str]]) -> None:
    expected = text
    for pattern, replacement in replacements:
        expected = re.sub(pattern, lambda _, new=replacement: new, expected, flags=re.DOTALL)
    assert cleaned(text, replacements).text == expected


@given(TEXTS, REPLACEMENTS)
def test_breakpoints_only_go_forward_and_span_both_texts(text: str, replacements: list[tuple[str, str]]) -> None:
    result = cleaned(text, replacements)
    points = list(zip(result.starts, result.origins, strict=True))
    assert points == sorted(points)
    assert points[0] == (0, 0)
    assert points[-1] == (len(result.text), len(text))


@given(TEXTS.filter(str.strip), REPLACEMENTS, st.data())
def test_slices_map_in_order_and_their_alignment_spans_them(
    text: str, replacements: list[tuple[str, str]], data: st.DataObject
) -> None:
    result = cleaned(text, replacements)
    if not result.text:
        return
    start = data.draw(st.integers(0, len(result.text) - 1))
    end = data.draw(st.integers(start + 1, len(result.text)))
    pairs = result.alignment(start, end)
    offsets, origins = pairs[::2], pairs[1::2]
    assert offsets == sorted(offsets)
    assert origins == sorted(origins)
    assert (offsets[0], origins[0]) == (0, result.origin_of_start(start))
    assert (offsets[-1], origins[-1]) == (end - start, result.origin_of_end(end))


@given(st.text(alphabet="abc ", max_size=40))
def test_characters_that_were_kept_come_from_where_they_stood(text: str) -> None:
    result = CleanedText.of(text).sub(re.compile("b+"), "[b]").sub(re.compile(" +"), "")
    for position, character in enumerate(result.text):
        if character in "ac":
            start, end = result.origin_of_start(position), result.origin_of_end(position + 1)
            assert text[start:end] == character
