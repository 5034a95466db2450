import json

from ragline.feedback.pairs import choices_of, pair_row, pairs_of
from ragline.feedback.shown_passages import ShownPassage
from ragline.lake.live_passages import PassageRef

TEXTS = {"a": "text a", "b": "text b", "c": "text c", "z": "text z"}


def event(event_id, query="how to VPN", ranked=("a", "b", "c"), clicked=(), corrected=(), release=1):
    return {
        "event_id": event_id,
        "query": query,
        "ranked": list(ranked),
        "clicked": list(clicked),
        "corrected": list(corrected),
        "release": release,
    }


def passage(chunk, text):
    return ShownPassage(text, PassageRef(chunk, f"doc {chunk}", f"hash {text}", f"content {chunk}"))


def pairs(*events, texts=TEXTS):
    return pairs_of(events, lambda release, chunk: passage(chunk, texts[chunk]) if chunk in texts else "passage_gone")


def only_pair(*events, texts=TEXTS):
    (pair,) = pairs(*events, texts=texts).pairs.values()
    return pair


def test_what_was_passed_over_above_a_click_is_a_hard_negative():
    pair = only_pair(event("1", clicked=["c"]))
    assert (pair.positive.text, pair.weight, list(pair.negatives)) == ("text c", 0.5, ["text a", "text b"])


def test_what_stands_below_a_click_says_nothing():
    assert list(only_pair(event("1", clicked=["a"])).negatives) == []


def test_a_correction_outweighs_a_click_and_everything_shown_was_wrong():
    pair = only_pair(event("1", corrected=["z"]))
    assert (pair.weight, list(pair.negatives)) == (1.0, ["text a", "text b", "text c"])


def test_events_that_agree_are_one_pair():
    pair = only_pair(event("1", clicked=["b"]), event("2", query="How to  vpn", corrected=["b"], release=2))
    assert (pair.weight, pair.events, pair.release) == (1.0, ["1", "2"], 2)


def test_equal_passages_of_two_releases_are_one_pair():
    pair = only_pair(event("1", clicked=["a"]), event("2", clicked=["b"]), texts={"a": "same", "b": "same"})
    assert pair.events == ["1", "2"]


def test_an_event_without_a_choice_gives_no_pair():
    assert pairs(event("1")).pairs == {}


def test_a_click_on_what_was_not_shown_is_no_choice():
    assert choices_of(event("1", clicked=["z"])) == {}


def test_choices_without_a_passage_are_counted_by_reason():
    found = pairs(event("1", clicked=["a", "b"], ranked=["a", "b"]), texts={"a": "text a"})
    assert (len(found.pairs), found.without) == (1, {"passage_gone": 1})


def test_a_pair_keeps_where_each_of_its_passages_came_from():
    row = pair_row(only_pair(event("1", clicked=["c"]), texts={"a": "text a", "c": "text c"}), None)
    assert (row["positive"], row["negatives"], row["weight"]) == ("text c", ["text a"], 0.5)
    assert json.loads(row["provenance"]) == {"chunk_id": "c", "events": ["1"], "release": 1}
    assert (row["doc_id"], row["text_hash"], row["content_hash"]) == ("doc c", "hash text c", "content c")
    assert row["negative_doc_ids"] == ["doc a"]
    assert row["negative_text_hashes"] == ["hash text a"]
    assert row["negative_content_hashes"] == ["content a"]


def test_a_copy_of_the_positive_is_no_negative():
    pair = only_pair(event("1", clicked=["c"]), texts={"a": "same", "b": "other", "c": "same"})
    assert list(pair.negatives) == ["other"]


def test_what_a_stored_pair_says_already_is_not_stored_again():
    stored = pair_row(only_pair(event("1", clicked=["b"])), None)
    assert pair_row(only_pair(event("1", clicked=["b"])), stored) is None


def test_later_events_add_to_a_stored_pair():
    stored = pair_row(only_pair(event("1", clicked=["b"])), None)
    row = pair_row(only_pair(event("2", ranked=["c", "b"], clicked=[], corrected=["b"], release=3)), stored)
    assert (row["weight"], row["negatives"]) == (1.0, ["text a", "text c"])
    assert json.loads(row["provenance"])["events"] == ["1", "2"]
