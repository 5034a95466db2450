"""The rows of a small evaluation made by hand: two queries, one lost to the champion."""

import csv
import io
from dataclasses import replace

from ragline.contracts.metrics import Metric
from ragline.evaluate.query_table import query_results, to_csv
from tests.evaluate.small_evaluation import EVALUATION


def test_queries_that_lost_most_come_first_with_the_rank_in_both_releases() -> None:
    worse, same = query_results(EVALUATION, Metric.NDCG_10)
    assert (worse.query, worse.difference, worse.release_rank, worse.champion_rank) == ("who pays", -0.5, 2, 1)
    assert (worse.relevant, worse.release_found_first) == ("bills.md", "trips.md")
    assert (same.query, same.difference, same.release_rank) == ("who travels", 0.0, 1)


def test_csv_has_a_header_and_a_line_for_each_query() -> None:
    lines = to_csv(query_results(EVALUATION, Metric.NDCG_10)).splitlines()
    assert lines[0].startswith("query_id,query,origin,relevant,release,champion,difference")
    assert lines[1] == "1,who pays,judgments,bills.md,0.5,1.0,-0.5,2,1,trips.md,bills trips"
    assert len(lines) == 3


def test_a_query_or_a_name_that_is_a_formula_is_text_in_a_spreadsheet() -> None:
    result = replace(query_results(EVALUATION, Metric.NDCG_10)[0], query='=HYPERLINK("http://x")', release_found_first="-x.md")
    (line,) = csv.DictReader(io.StringIO(to_csv([result])))
    assert (line["query"], line["release_found_first"], line["difference"]) == ('\'=HYPERLINK("http://x")', "'-x.md", "-0.5")
