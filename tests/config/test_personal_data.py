import pytest
from pydantic import ValidationError

from ragline.config.personal_data import PersonalDataSettings
from ragline.errors import ConfigError
from tests.project import Project


def settings(**values: object) -> PersonalDataSettings:
    return PersonalDataSettings.model_validate(values)


def test_left_out_every_kind_has_what_is_recommended() -> None:
    actions = settings().actions_for("docs")
    assert actions["email"] == actions["private_key"] == actions["card"] == "redact"
    assert actions["phone"] == actions["ip"] == "tag"
    assert actions["person"] == actions["address"] == "keep"


def test_policy_is_for_all_kinds_but_those_named_and_those_that_take_a_model() -> None:
    actions = settings(policy="redact", kinds={"email": "tag"}).actions_for("docs")
    assert (actions["email"], actions["phone"], actions["person"]) == ("tag", "redact", "keep")


def test_what_is_said_of_a_source_comes_first() -> None:
    given = settings(policy="redact", kinds={"ip": "keep"}, sources={"tickets": {"policy": "drop", "kinds": {"email": "tag"}}})
    assert {kind: given.actions_for("tickets")[kind] for kind in ("email", "ip", "iban")} == {
        "email": "tag",
        "ip": "drop",
        "iban": "drop",
    }
    assert {kind: given.actions_for("docs")[kind] for kind in ("email", "ip", "iban")} == {
        "email": "redact",
        "ip": "keep",
        "iban": "redact",
    }


def test_kind_that_a_source_says_nothing_of_has_what_holds_for_all() -> None:
    given = settings(kinds={"ip": "redact"}, sources={"tickets": {"kinds": {"email": "keep"}}})
    assert (given.actions_for("tickets")["ip"], given.actions_for("tickets")["email"]) == ("redact", "keep")


def test_unknown_kinds_and_actions_are_refused() -> None:
    for wrong in ({"kinds": {"e-mail": "tag"}}, {"policy": "hide"}, {"sources": {"a": {"allow": []}}}):
        with pytest.raises(ValidationError):
            settings(**wrong)


def test_policy_for_a_source_that_there_is_not_is_refused(project: Project) -> None:
    project.configure(preprocess={"personal_data": {"sources": {"tikets": {"policy": "drop"}}}})
    with pytest.raises(ConfigError, match="names tikets, no source; there are handbook"):
        project.settings()
