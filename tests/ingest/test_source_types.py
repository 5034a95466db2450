import pickle
import re
from pathlib import Path

import pytest
import yaml

from ragline.config.sources import SourceSettings
from ragline.errors import ConfigError
from ragline.ingest.source import Listing
from ragline.ingest.source_types import configured_sources, make_source, source_types
from tests.places import REPOSITORY


def test_every_module_of_sources_is_a_type():
    assert source_types() == ["folder", "git", "python_packages", "sql", "table", "website"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"type": "sharepoint"}, "unknown type 'sharepoint'; the types are: folder, git, python_packages, sql, table, website"),
        ({"type": "folder"}, "the key 'uri' is missing"),
        (
            {"type": "folder", "uri": "corpus", "glob": "*.md"},
            "unknown key 'glob' .it takes: exclude, include, max_bytes, max_items, rules, storage_options, uri",
        ),
        ({"type": "folder", "uri": "sharepoint://x"}, "no file system has the scheme sharepoint://"),
        ({"type": "folder", "uri": "corpus", "rules": [{"match": "*"}]}, "a rule needs access_labels, tenant, or both"),
        ({"type": "folder", "uri": "corpus", "rules": [{"match": "*", "label": "x"}]}, "unknown key 'rules.0.label'"),
        ({"type": "folder", "uri": "corpus", "max_bytes": 0}, "'max_bytes' is 0"),
        ({"type": "table", "uri": "missing.jsonl"}, "there is no file .*missing.jsonl"),
        ({"type": "table", "uri": "records.dat"}, "does not tell the format"),
        ({"type": "python_packages", "uri": "x"}, "unknown key 'uri'"),
        ({"type": "git", "url": "corpus"}, "is not a git repository"),
        ({"type": "sql", "query": "SELECT 1"}, "give either url or url_env"),
        ({"type": "website"}, "give either url .to crawl. or sitemap"),
    ],
)
def test_wrong_options_are_named(project, source, message):
    project.configure(sources=[{"name": "docs", **source}])
    with pytest.raises(ConfigError, match=f"'docs'.*{message}"):
        configured_sources(project.settings())


def test_a_relative_path_starts_at_the_project(project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (source,) = configured_sources(project.settings())
    assert source.dataset().name == str(project.corpus.resolve())


def test_a_configured_source_goes_to_another_process(project):
    rules = [{"match": "guides/", "access_labels": ["staff"]}]
    project.configure(sources=[{"name": "docs", "type": "folder", "uri": "corpus", "rules": rules}])
    (source,) = configured_sources(project.settings())
    before = list(source.items(Listing()))
    assert list(pickle.loads(pickle.dumps(source)).items(Listing())) == before
    assert pickle.loads(pickle.dumps(before)) == before
    assert {item.access_labels for item in before} == {None, ("staff",)}


def test_the_examples_of_the_documentation_are_valid(monkeypatch):
    monkeypatch.setenv("WIKI_PASSWORD", "x")
    blocks = re.findall(r"```yaml\n(.*?)```", (REPOSITORY / "docs" / "sources.md").read_text(), re.DOTALL)
    sources = [SourceSettings(**source) for block in blocks for source in yaml.safe_load(block)["sources"]]
    assert {source.type for source in sources} == set(source_types())
    for source in sources:
        assert make_source(source, Path("/")).dataset().namespace
