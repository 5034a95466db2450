from ragline.config.chunking import ChunkSettings
from ragline.preprocess.chunking.strategies.recursive import RecursiveChunker
from ragline.preprocess.chunking.token_counter import TokenCounter


def cut(text: str, counter: TokenCounter, **options: object) -> list[str]:
    chunker = RecursiveChunker(ChunkSettings.model_validate({"strategy": "recursive", **options}), counter)
    return [text[passage.start : passage.end].lstrip() for passage in chunker.chunk(text, "")]


def test_parts_go_together_as_long_as_they_fit(counter: TokenCounter) -> None:
    # 18 tokens, less the two that every text has.
    text = "\n\n".join(["one two three four five six seven"] * 5)
    pair = "one two three four five six seven\n\none two three four five six seven"
    assert cut(text, counter, max_tokens=18) == [pair, pair, "one two three four five six seven"]


def test_part_that_does_not_fit_is_cut_at_finer_separators(counter: TokenCounter) -> None:
    text = "Short.\n\nOne two three four five six seven. Eight nine ten eleven twelve thirteen.\nEnd."
    assert cut(text, counter, max_tokens=16) == [
        "Short.",
        "One two three four five six seven.",
        "Eight nine ten eleven twelve thirteen.",
        "End.",
    ]


def test_chunks_share_whole_parts_as_overlap(counter: TokenCounter) -> None:
    text = "\n\n".join(f"word {n} of it" for n in ("one", "two", "six", "ten", "red"))
    assert cut(text, counter, max_tokens=16, overlap_tokens=4) == [
        "word one of it\n\nword two of it\n\nword six of it",
        "word six of it\n\nword ten of it\n\nword red of it",
    ]


def test_separators_can_be_chosen(counter: TokenCounter) -> None:
    text = "a b c d e f g h ; i j k l m n o p q r s t"
    assert cut(text, counter, max_tokens=20, separators=[";"]) == ["a b c d e f g h ;", "i j k l m n o p q r s t"]
