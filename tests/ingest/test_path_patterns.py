from tests.ingest.sources.folders import listed


def test_patterns_are_those_of_gitignore(folder):
    assert listed(folder, include=["**/*.md"], exclude=["drafts/"]) == [".h.md", "b.md", ".hidden/h.md"]
    assert listed(folder, include=["a/**"]) == ["a/x.rst", "a/deep/y.txt"]
