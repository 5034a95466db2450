from ragline.config.chunking import ChunkSettings
from ragline.preprocess.chunking.strategies.sentence_window import SentenceWindowChunker
from ragline.preprocess.chunking.token_counter import TokenCounter

TEXT = "Sentence one is the first. Sentence two follows on. Sentence three says more. Sentence four is the last of them."


def cut(text: str, counter: TokenCounter, **options: object) -> list[str]:
    chunker = SentenceWindowChunker(ChunkSettings.model_validate({"strategy": "sentence_window", **options}), counter)
    return [text[passage.start : passage.end] for passage in chunker.chunk(text, "")]


def test_each_sentence_comes_with_its_neighbours(counter: TokenCounter) -> None:
    one, two, three, four = (f"{part}." for part in TEXT.removesuffix(".").split(". "))
    assert cut(TEXT, counter, centre_sentences=1, window_sentences=1) == [
        f"{one} {two}",
        f"{one} {two} {three}",
        f"{two} {three} {four}",
        f"{three} {four}",
    ]


def test_window_gives_way_where_it_does_not_fit(counter: TokenCounter) -> None:
    # Each sentence has 5 to 8 tokens: with the two special ones, three of them do not fit in 16.
    assert [part.count(".") for part in cut(TEXT, counter, centre_sentences=1, max_tokens=16)] == [2, 2, 2, 2]


def test_window_stays_under_its_heading(counter: TokenCounter) -> None:
    text = "# A\n\nSentence one here.\n\n# B\n\nSentence two here."
    assert cut(text, counter, centre_sentences=1) == ["Sentence one here.", "Sentence two here."]
