from typing import Annotated

from pydantic import Field

from ragline.config.section import Section
from ragline.config.text_settings import CannotChangeText, text_settings


class Inner(Section):
    language: str = "en"
    seconds: Annotated[int, CannotChangeText("a limit")] = 1


class Outer(Section):
    query: str
    inner: Inner = Inner()
    labels: list[str] = Field(default_factory=list)
    place: Annotated[str, CannotChangeText("only where it is")] = ""


def test_every_setting_counts_that_does_not_say_otherwise():
    settings = Outer(query="all", inner=Inner(language="de", seconds=7), labels=["a"], place="here")
    assert text_settings(settings) == {"query": "all", "inner": {"language": "de"}, "labels": ["a"]}


def test_a_setting_that_nobody_set_changes_nothing():
    assert text_settings(Outer(query="all", labels=[])) == {"query": "all"}
