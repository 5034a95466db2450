import pytest

from ragline.errors import ConfigError
from ragline.promote.people import named


@pytest.mark.parametrize(
    ("given", "name"), [("ada", "ada"), ("  Ada\tLovelace ", "Ada Lovelace"), ("Ængus Ó Dálaigh", "Ængus Ó Dálaigh")]
)
def test_a_name_is_taken_without_blanks_around_it(given: str, name: str) -> None:
    assert named(given, "--approved-by") == name


@pytest.mark.parametrize(
    "nobody",
    ["", " ", "\t\n", "\u00a0", "$APPROVER", "${APPROVER}", "$(whoami)", "%USERNAME%", "{{ params.user }}", "None", "null"],
)
def test_a_blank_or_a_variable_that_is_not_set_names_nobody(nobody: str) -> None:
    with pytest.raises(ConfigError) as caught:
        named(nobody, "--approved-by")
    assert f"--approved-by needs the name of a person; it got {nobody!r}." in str(caught.value)


@pytest.mark.parametrize("strange", ["ada\x1b[31m", "a" * 201, "\u202eada"])
def test_what_a_terminal_would_act_upon_is_no_name(strange: str) -> None:
    with pytest.raises(ConfigError, match="printable characters"):
        named(strange, "--rejected-by")
