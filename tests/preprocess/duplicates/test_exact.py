import pyarrow as pa

from ragline.preprocess.duplicates.exact import choose_originals, normal_hash


def test_case_and_spacing_make_no_difference() -> None:
    assert normal_hash("Hello\n\n  World", "", []) == normal_hash("hello world", "", [])


def test_who_may_read_it_makes_a_difference() -> None:
    texts = [("hi", "", []), ("hi", "acme", []), ("hi", "", ["hr"]), ("hi", "", ["hr", "it"])]
    assert len({normal_hash(*text) for text in texts}) == 4
    assert normal_hash("hi", "", ["hr", "it"]) == normal_hash("hi", "", ["it", "hr"])


def test_blank_text_has_no_hash() -> None:
    assert normal_hash(" \n\t", "", []) == ""


def test_smallest_id_is_the_original_and_blanks_are_their_own() -> None:
    documents = pa.table({"doc_id": ["c", "a", "b", "d", "e"], "normal_hash": ["h", "h", "i", "", ""]})
    chosen = {row["doc_id"]: row["kept_id"] for row in choose_originals(documents).to_pylist()}
    assert chosen == {"a": "a", "b": "b", "c": "a", "d": "d", "e": "e"}
