from ragline.evaluate.masking import ChunkText, mask

CHUNK = ChunkText("Tea", ("Tea", "Green tea"), "# Green tea\n\nGreen tea wants cooler water.\nServe it hot.")


def test_a_heading_leaves_the_path_and_its_own_line_but_not_the_sentences() -> None:
    masked = mask(CHUNK, ["Green tea"])
    assert masked == ChunkText("Tea", ("Tea",), "\nGreen tea wants cooler water.\nServe it hot.")


def test_a_title_leaves_the_prefix() -> None:
    masked = mask(CHUNK, ["TEA"])
    assert masked.encoder_input(heading_prefix=True).startswith("Green tea\n\n# Green tea")


def test_a_summary_is_taken_out_of_a_line_whatever_stands_between_its_words() -> None:
    chunk = ChunkText("flask", (), "**Flask** - A simple *framework* for building\ncomplex web applications. Read on.")
    masked = mask(chunk, ["A simple framework for building complex web applications."])
    assert masked.text == "**Flask** - . Read on."


def test_a_longer_word_is_not_cut() -> None:
    chunk = ChunkText("", (), "a fast parsers generator")
    assert mask(chunk, ["a fast parser"]).text == "a fast parsers generator"


def test_a_chunk_of_which_nothing_is_left_is_empty() -> None:
    assert mask(ChunkText("Tea", (), "## Brewing ##"), ["Brewing"]).encoder_input(heading_prefix=True) == ""


def test_other_chunks_stay_as_they_are() -> None:
    assert mask(CHUNK, ["Coffee", "How to brew"]) == CHUNK
