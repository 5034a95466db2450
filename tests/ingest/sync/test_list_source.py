import json
from functools import partial

import pytest

from ragline.contracts.tables import QUARANTINE
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


def test_an_id_that_comes_twice_is_refused_the_second_time_under_an_id_of_its_own(project):
    def take_in(*records):
        (project.root / "t.jsonl").write_text("\n".join(json.dumps(record) for record in records))
        project.configure(sources=[{"name": "t", "type": "table", "uri": "t.jsonl"}])
        run_ingest(project, allow_mass_delete=True)
        return refusals(project)

    first, other, second = {"id": "a", "text": "first"}, {"id": "b", "text": "other"}, {"id": "a", "text": "second"}
    refused = take_in(first, other, second)
    assert documents(project)["a"]["text"] == "first\n"
    assert set(refused.values()) == {"duplicate_id"}
    (name,) = refused
    assert name.startswith("a#duplicate-")
    version = project.lake.version(QUARANTINE)
    assert take_in(other, first, {"id": "c", "text": "new"}, second) == refused  # wherever it stands
    assert project.lake.version(QUARANTINE) == version
    assert sorted(take_in(first, second, second)) == [name, f"{name}-2"]


def test_what_looks_like_a_refused_record_or_a_duplicate_takes_nothing_from_it(project):
    bad = '{"text": "no id"}'
    (project.root / "t.jsonl").write_text(f"{bad}\n")
    project.configure(sources=[{"name": "t", "type": "table", "uri": "t.jsonl"}])
    run_ingest(project)
    (name,) = refusals(project)
    records = [{"id": name, "text": "posing"}, {"id": "a", "text": "words"}, {"id": "a", "text": "words"}]
    (project.root / "t.jsonl").write_text("\n".join([*map(json.dumps, records), bad]))
    run_ingest(project, allow_mass_delete=True)
    duplicate = next(other for other in refusals(project) if other.startswith("a#"))
    records.insert(0, {"id": duplicate, "text": "posing as well"})
    (project.root / "t.jsonl").write_text("\n".join([*map(json.dumps, records), bad]))
    run_ingest(project)
    assert refusals(project) == {name: "bad_record", duplicate: "duplicate_id"}
    assert len(documents(project)) == 3
