from ragline.preprocess.duplicates.exact import normal_hash, scope_of


def test_who_may_read_it_makes_a_difference() -> None:
    scopes = [scope_of("", []), scope_of("acme", []), scope_of("", ["hr"]), scope_of("", ["hr", "it"])]
    assert len({normal_hash(["hi"], scope) for scope in scopes}) == 4
    assert scope_of("", ["hr", "it"]) == scope_of("", ["it", "hr"])
    assert scope_of(None, None) == scope_of("", [])


def test_words_do_not_run_together() -> None:
    assert normal_hash(["ab", "c"], "") != normal_hash(["a", "bc"], "")


def test_blank_text_has_no_hash() -> None:
    assert normal_hash([], "") == ""
