import json
from functools import partial

import pytest

from ragline.ingest.source import Listing
from ragline.ingest.sources.website.source import WebsiteOptions, WebsiteSource
from ragline.ingest.sync.list_source import list_here, list_in_spark
from ragline.ingest.sync.stage import _spool
from tests.ingest.job_runs import documents, refusals, run_ingest


@pytest.mark.spark
def test_an_executor_lists_the_same_and_says_what_it_found_out(spark, site, tmp_path):
    site.write("/", '<h1>Home</h1><a href="a.html">a</a><a href="b.html">b</a>')
    for name in ("a", "b"):
        site.write(f"/{name}.html", f"<h1>{name}</h1>")
    options = WebsiteOptions(url=site.url, max_pages=2, allow_private=True, requests_per_second=1000)
    listing = Listing({}, partial(_spool, str(tmp_path)))
    there, here = (WebsiteSource("web", options, tmp_path) for _ in range(2))
    listed, facts = list_in_spark(spark, there, listing, None)
    assert listed.equals(list_here(here, listing, None).combine_chunks())
    assert listed.num_rows == 2
    assert facts == here.facts() == {"cut_at_max_pages": "2"}


def test_an_id_that_comes_twice_is_refused_the_second_time(project):
    records = [{"id": "a", "text": "first"}, {"id": "b", "text": "other"}, {"id": "a", "text": "second"}]
    (project.root / "t.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    project.configure(sources=[{"name": "t", "type": "table", "uri": "t.jsonl"}])
    run_ingest(project)
    assert documents(project)["a"]["text"] == "first\n"
    assert refusals(project) == {"a#3": "duplicate_id"}
