from ragline.evaluate.query import Query, restrict_to

BOTH = Query("1", "who pays", "judgments", {"a": 2, "b": 1})
OTHER = Query("2", "who travels", "judgments", {"c": 1})


def test_a_query_keeps_only_the_relevant_documents_that_there_are() -> None:
    assert restrict_to([BOTH, OTHER], frozenset({"b", "x"})) == [Query("1", "who pays", "judgments", {"b": 1})]
