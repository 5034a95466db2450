import pytest

from ragline.retrieval.fusion import reciprocal_rank_fusion


def test_an_item_in_both_rankings_beats_one_that_leads_a_single_ranking() -> None:
    fused = reciprocal_rank_fusion([[7, 3], [3, 9]], rrf_k=60)

    assert [item for item, _ in fused] == [3, 7, 9]
    assert fused[0][1] == pytest.approx(1 / 62 + 1 / 61)
    assert fused[1][1] == pytest.approx(1 / 61)
    assert fused[2][1] == pytest.approx(1 / 62)


def test_ties_go_to_the_smaller_item_whatever_the_order_of_the_rankings() -> None:
    assert reciprocal_rank_fusion([[5], [2]]) == reciprocal_rank_fusion([[2], [5]])
    assert [item for item, _ in reciprocal_rank_fusion([[5], [2]])] == [2, 5]


def test_nothing_to_fuse_gives_nothing() -> None:
    assert reciprocal_rank_fusion([[], []]) == []
