from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.fingerprints import text_hash
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.preprocess.document_chunks import chunk_document
from tests.preprocess.corpus import document

DIRTY = st.lists(
    st.sampled_from(
        ["word ", "me@x.org ", "e\u0301", "\r\n", "\u200b", "\n\n\n\n\n", "# Head\n\n", "- item\n", "tail  \n", "é", "\x07"]
    ),
    max_size=40,
).map("".join)


def rows(text: str, counter: TokenCounter, settings: PreprocessSettings | None = None, **columns: Any) -> list[dict[str, Any]]:
    settings = settings or PreprocessSettings()
    return chunk_document(document("d", text, **columns), settings, make_chunker(settings.chunk, counter)).rows


def test_span_is_the_text_where_nothing_was_cleaned(counter: TokenCounter) -> None:
    text = "# A\n\nFirst passage.\n\n# B\n\nSecond passage.\n"
    for row in rows(text, counter):
        assert text[row["span_start"] : row["span_end"]] == row["text"]
        assert row["alignment"] is None


def test_alignment_leads_from_a_cleaned_text_to_its_span(counter: TokenCounter) -> None:
    text = "Mail jane@example.org\r\nor call."
    (row,) = rows(text, counter)
    assert row["text"] == "Mail [EMAIL]\nor call."
    assert (row["span_start"], row["span_end"]) == (0, len(text))
    assert row["alignment"] == [0, 0, 5, 5, 12, 21, 13, 23, 21, 31]


def test_addresses_are_redacted_in_text_and_title_and_counted(counter: TokenCounter) -> None:
    settings = PreprocessSettings()
    dirty = document("d", "By a@b.org", title="Notes of c@d.org")
    made = chunk_document(dirty, settings, make_chunker(settings.chunk, counter))
    assert (made.rows[0]["title"], made.rows[0]["text"], made.found) == ("Notes of [EMAIL]", "By [EMAIL]", {"email": 2})


def test_redaction_can_be_turned_off(counter: TokenCounter) -> None:
    kept = PreprocessSettings.model_validate({"personal_data": {"policy": "keep"}})
    assert rows("By a@b.org", counter, kept)[0]["text"] == "By a@b.org"


def test_equal_chunks_of_a_document_have_ids_of_their_own(counter: TokenCounter) -> None:
    found = rows("# A\n\nSame.\n\n# A\n\nSame.\n", counter)
    assert found[0]["text_hash"] == found[1]["text_hash"]
    assert found[0]["chunk_id"] != found[1]["chunk_id"]


def test_labels_change_neither_text_hash_nor_id_but_a_title_does(counter: TokenCounter) -> None:
    (plain,) = rows("Some text.", counter)
    (labelled,) = rows("Some text.", counter, access_labels=["hr"], tenant="acme", uri="file:///moved")
    (titled,) = rows("Some text.", counter, title="Handbook")
    assert (plain["chunk_id"], plain["text_hash"]) == (labelled["chunk_id"], labelled["text_hash"])
    assert (labelled["access_labels"], labelled["tenant"], labelled["uri"]) == (["hr"], "acme", "file:///moved")
    assert titled["chunk_id"] != plain["chunk_id"]


def test_text_hash_is_of_the_encoder_input_of_the_row(counter: TokenCounter) -> None:
    (row,) = rows("# Setup\n\nRun it.\n", counter, title="Guide")
    assert row["text_hash"] == text_hash(encoder_input("Guide", ["Setup"], "Run it."))


@settings(max_examples=100, deadline=None)
@given(DIRTY)
def test_every_chunk_leads_back_to_the_document(counter: TokenCounter, text: str) -> None:
    small = PreprocessSettings.model_validate({"chunk": {"max_tokens": 24}})
    for row in rows(text, counter, small):
        span = text[row["span_start"] : row["span_end"]]
        if row["alignment"] is None:
            assert span == row["text"]
            continue
        pairs = list(zip(row["alignment"][::2], row["alignment"][1::2], strict=True))
        assert pairs[0] == (0, row["span_start"])
        assert pairs[-1] == (len(row["text"]), row["span_end"])
        for (a, x), (b, y) in zip(pairs, pairs[1:], strict=False):
            if b - a == y - x:
                assert row["text"][a:b] == text[x:y]
            else:
                assert row["text"][a:b] != text[x:y]


@given(DIRTY)
def test_equal_documents_have_equal_chunks(counter: TokenCounter, text: str) -> None:
    assert rows(text, counter) == rows(text, counter)
