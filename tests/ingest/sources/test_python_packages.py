import sys
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from ragline.errors import ConfigError
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest, Part
from ragline.ingest.item import Item
from ragline.ingest.source import Listing
from ragline.ingest.sources import python_packages
from ragline.ingest.sources.python_packages import PythonPackagesOptions, PythonPackagesSource


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Write a ``METADATA`` file; only distributions written so are installed."""
    installed: list[PathDistribution] = []

    def write(folder: str, metadata: str | bytes) -> None:
        info = tmp_path / f"{folder}.dist-info"
        info.mkdir()
        (info / "METADATA").write_bytes(metadata.encode() if isinstance(metadata, str) else metadata)
        installed.append(PathDistribution(info))

    monkeypatch.setattr(python_packages, "distributions", lambda: iter(installed))
    return write


def listed(**options: list[str]) -> dict[str, Item]:
    source = PythonPackagesSource("site", PythonPackagesOptions(**options), Path())
    return {item.source_id: item for item in source.items(Listing())}


def opened(item: Item) -> bytes:
    return PythonPackagesSource("site", PythonPackagesOptions(), Path()).open(item).read()


def extracted(item: Item) -> Part:
    request = ParseRequest(opened(item), item.source_id, item.media_type, item.title, item.held_out_lines)
    (part,) = extract(request)
    return part


def test_a_distribution_is_a_document_without_its_summary(install):
    install(
        "Left_Pad-1.2",
        "Metadata-Version: 2.1\nName: Left_Pad\nVersion: 1.2\nSummary: Pads strings on the left.\nLicense: MIT\n"
        "Project-URL: Homepage, https://left.example\nDescription-Content-Type: text/markdown; variant=GFM\n\n"
        "# Left pad\n\n> *Pads* strings on the **left**\n\nUse it with care.\n",
    )
    item = listed()["left-pad"]
    assert (item.title, item.uri) == ("Left_Pad", "pkg:pypi/left-pad@1.2")
    assert dict(item.metadata) == {
        "version": "1.2",
        "summary": "Pads strings on the left.",
        "license": "MIT",
        "home_page": "https://left.example",
    }
    assert extracted(item).parsed.text == "# Left pad\n\n\nUse it with care.\n"


def test_old_metadata_has_the_description_in_a_field(install):
    install(
        "old-1", "Metadata-Version: 1.0\nName: old\nVersion: 1\nDescription: Title\n        =====\n        \n        Words.\n"
    )
    item = listed()["old"]
    assert item.media_type == "text/x-rst"
    assert b"Words." in opened(item)


def test_a_description_that_does_not_say_what_it_is_may_be_markdown(install):
    install("md-1", "Metadata-Version: 2.1\nName: md\nVersion: 1\n\n## Heading\n\nWords.\n")
    assert listed()["md"].media_type == "text/markdown"


def test_no_description_or_only_the_summary_is_an_empty_document(install):
    install("bare-1", "Metadata-Version: 2.1\nName: bare\nVersion: 1\n")
    install("echo-1", "Metadata-Version: 2.1\nName: echo\nVersion: 1\nSummary: Says it\n  again\n\nSays it\nagain.\n")
    for item in listed().values():
        assert extracted(item).refusal.reason == "empty_document"


def test_unreadable_metadata_is_refused_and_hides_no_other(install):
    install("broken-1", b"Metadata-Version: 2.1\nName: caf\xe9\n")
    install("nameless-1", "Metadata-Version: 2.1\nVersion: 1\n")
    install("fine-1", "Metadata-Version: 2.1\nName: fine\nVersion: 1\n\nWords.\n")
    items = listed()
    assert sorted(items) == ["broken-1.dist-info", "fine", "nameless-1.dist-info"]
    assert "METADATA" in items["broken-1.dist-info"].refusal.message


def test_of_two_with_one_name_the_first_on_the_path_counts(install):
    install("twice-2", "Metadata-Version: 2.1\nName: twice\nVersion: 2\n\nNew.\n")
    install("Twice-1", "Metadata-Version: 2.1\nName: Twice\nVersion: 1\n\nOld.\n")
    assert listed()["twice"].uri == "pkg:pypi/twice@2"


def test_names_are_chosen_by_patterns(install):
    for name in ("Apache-Airflow", "apache-spark", "numpy"):
        install(f"{name}-1", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n\nWords.\n")
    assert sorted(listed(include=["apache-*"], exclude=["*-SPARK"])) == ["apache-airflow"]
    assert sorted(listed(exclude=["apache*"])) == ["numpy"]


def needing(name: str, *requirements: str) -> str:
    lines = "".join(f"Requires-Dist: {text}\n" for text in requirements)
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{lines}\nWords.\n"


def test_what_a_distribution_asks_for_directly_is_taken_in_with_it(install):
    wanted = (
        "base>=1",
        'seldom; python_version < "3"',
        'extra_one; extra == "one"',
        'both; extra == "two"',
        'App[one,two]; extra == "all"',
    )
    install("app-1", needing("App", *wanted))
    install("base-1", needing("base", "deeper"))
    for name in ("deeper", "seldom", "extra-one", "both", "stranger"):
        install(f"{name}-1", needing(name))
    assert sorted(listed(required_by=["app"])) == ["app", "base"]
    assert sorted(listed(required_by=["app[two]"])) == ["app", "base", "both"]
    assert sorted(listed(required_by=["App[all]"], exclude=["b*"])) == ["app", "extra-one"]
    assert sorted(listed(required_by=["base", "stranger"])) == ["base", "deeper", "stranger"]


def test_what_is_not_installed_cannot_be_asked():
    source = PythonPackagesSource("site", PythonPackagesOptions(required_by=["pytest", "nowhere[x]"]), Path())
    with pytest.raises(ConfigError, match="'site': required_by names 'nowhere', which is not installed"):
        source.check()
    with pytest.raises(ValueError, match="'=app' is no distribution with extras"):
        PythonPackagesOptions(required_by=["=app"])


def test_this_environment_is_a_corpus():
    items = listed()
    assert len(items) > 20
    assert "pytest" in items
    assert sys.prefix == PythonPackagesSource("site", PythonPackagesOptions(), Path()).dataset().name


def test_the_backport_of_importlib_metadata_hides_no_distribution():
    import importlib_metadata

    assert any(isinstance(finder, importlib_metadata.MetadataPathFinder) for finder in sys.meta_path)
    assert "pytest" in listed()
