import pytest

from ragline.promote.history import ChampionEvent, earlier_champions


def events(text: str) -> list[ChampionEvent]:
    """``2`` is a promotion of release 2, ``3>1`` a rollback of release 3 to 1, ``4~2`` a redacted build 4 of release 2."""
    found = []
    for word in text.split():
        made, redacted, original = word.partition("~")
        if redacted:
            found.append(ChampionEvent("redact", int(made), int(original), "ada"))
            continue
        taken_back, arrow, restored = word.partition(">")
        found.append(
            ChampionEvent("rollback", int(restored), int(taken_back), "ada")
            if arrow
            else ChampionEvent("promote", int(word), None, "ada")
        )
    return found


@pytest.mark.parametrize(
    ("history", "serving", "earlier"),
    [
        ("", 1, []),
        ("1", 1, []),
        ("1 2", 2, [1]),
        ("1 2 3", 3, [2, 1]),
        ("1 2 3 3>2", 2, [1]),  # never back to the one that was rolled back
        ("1 2 3 3>2 2>1", 1, []),
        ("1 2 3 3>1", 1, []),  # nor to the one that was passed over
        ("1 2 2>1 2", 2, [1]),  # a person approved it after all
        ("1 2 2>1 3", 3, [1]),
        ("1 2 1", 1, [2]),
        ("2 1 2 2>1", 1, []),  # what was rolled back once served earlier, too
        ("1 2 2>1 1>2", 2, []),  # as a second rollback did once: 1 was rolled back by it
        ("1 2 2", 2, [1]),
        ("1 2 3~1", 2, [3]),
        ("1 2 3~2", 3, [1]),
        ("1 2 3~1 2>3", 3, []),
    ],
)
def test_where_a_rollback_can_go(history: str, serving: int, earlier: list[int]) -> None:
    assert earlier_champions(events(history), serving) == earlier
