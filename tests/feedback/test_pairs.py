from ragline.feedback.pairs import pair_row, pairs_of


def event(event_id, query="how to VPN", ranked=("a", "b", "c"), clicked=(), corrected=(), release=1):
    return {
        "event_id": event_id,
        "query": query,
        "ranked": list(ranked),
        "clicked": list(clicked),
        "corrected": list(corrected),
        "release": release,
    }


def test_what_was_passed_over_above_a_click_is_a_hard_negative():
    (pair,) = pairs_of([event("1", clicked=["c"])])
    assert (pair.positive, pair.weight, list(pair.negatives)) == ("c", 0.5, ["a", "b"])


def test_what_stands_below_a_click_says_nothing():
    (pair,) = pairs_of([event("1", clicked=["a"])])
    assert list(pair.negatives) == []


def test_a_correction_outweighs_a_click_and_everything_shown_was_wrong():
    (pair,) = pairs_of([event("1", corrected=["z"])])
    assert (pair.weight, list(pair.negatives)) == (1.0, ["a", "b", "c"])


def test_events_that_agree_are_one_pair():
    (pair,) = pairs_of([event("1", clicked=["b"]), event("2", query="How to  vpn", corrected=["b"], release=2)])
    assert (pair.weight, pair.events, pair.release) == (1.0, ["1", "2"], 2)


def test_an_event_without_a_choice_gives_no_pair():
    assert pairs_of([event("1")]) == []


def test_a_pair_keeps_where_it_came_from_and_only_passages_that_are_there():
    (pair,) = pairs_of([event("1", clicked=["c"])])
    row = pair_row(pair, {"a": "text a", "c": "text c"})
    assert (row["positive"], row["negatives"], row["weight"]) == ("text c", ["text a"], 0.5)
    assert row["provenance"] == '{"chunk_id": "c", "events": ["1"], "release": 1}'
    assert pair_row(pair, {"a": "text a"}) is None


def test_a_copy_of_the_positive_is_no_negative():
    (pair,) = pairs_of([event("1", clicked=["c"])])
    assert pair_row(pair, {"a": "same", "b": "other", "c": "same"})["negatives"] == ["other"]
