import pytest

from ragline.errors import ConfigError
from ragline.ingest.source_types import configured_sources, source_types


def test_every_module_of_sources_is_a_type():
    assert source_types() == ["folder", "python_packages", "table"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"type": "sharepoint"}, "unknown type 'sharepoint'; the types are: folder, python_packages, table"),
        ({"type": "folder"}, "the key 'uri' is missing"),
        ({"type": "folder", "uri": "corpus", "glob": "*.md"}, "unknown key 'glob' .it takes: exclude, include, max_bytes, uri"),
        ({"type": "folder", "uri": "s3://bucket/x"}, "reads a local folder"),
        ({"type": "folder", "uri": "corpus", "max_bytes": 0}, "'max_bytes' is 0"),
        ({"type": "table", "uri": "missing.jsonl"}, "there is no file .*missing.jsonl"),
        ({"type": "python_packages", "uri": "x"}, "unknown key 'uri'"),
    ],
)
def test_wrong_options_are_named(project, source, message):
    project.configure(sources=[{"name": "docs", **source}])
    with pytest.raises(ConfigError, match=f"'docs'.*{message}"):
        configured_sources(project.settings())


def test_a_relative_path_starts_at_the_project(project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (source,) = configured_sources(project.settings())
    assert source.folder == project.corpus.resolve()
