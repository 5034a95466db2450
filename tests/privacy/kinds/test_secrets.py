import pytest

from ragline.privacy.kinds.api_keys import find_api_keys
from ragline.privacy.kinds.assigned_secrets import find_assigned_secrets
from ragline.privacy.kinds.private_keys import find_private_keys
from ragline.privacy.kinds.url_credentials import find_url_credentials
from tests.privacy.detection import found_by

# Put together here, so that no scanner takes this file for a leak.
AWS = "AKIA" + "QK7T3VNLX5WZ2RYB"
GITHUB = "ghp_" + "x7Kq2mZp9LdR4vTn8WsY1bCf6HgJ3aEu5QoI"
TOKEN = ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"))
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq9\nx8Kd0+/Zq\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "key",
    [AWS, GITHUB, TOKEN, "sk-proj-" + "a1B2c3D4" * 5, "hf_" + "aBcDeFgHi1" * 3, "SG." + "aB3dE5gH" * 2 + "." + "xY1zW2vU" * 5],
)
def test_finds_keys_by_their_prefix(key: str) -> None:
    assert found_by(find_api_keys, f"export KEY='{key}' # mine") == [key]


@pytest.mark.parametrize("text", ["AKIAXXXXXXXXXXXXXXXX", "x" + AWS, "ghp_short", "d41d8cd98f00b204e9800998ecf8427e", "=" * 70])
def test_leaves_what_only_looks_like_a_key(text: str) -> None:
    assert found_by(find_api_keys, text) == []


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password: h7Gq_1xZ", "h7Gq_1xZ"),
        ('DB_PASSWORD="correct-7-horse"', "correct-7-horse"),
        ("client_secret = '9f8e7d6c5b4a'", "9f8e7d6c5b4a"),
        ('{"api_key": "Zx81Qw94Er"}', "Zx81Qw94Er"),
        ("Authorization: Bearer abcdef1234567890abcdef", "abcdef1234567890abcdef"),
        ("İ PWD=abc123XYZ", "abc123XYZ"),
    ],
)
def test_finds_values_assigned_to_a_secret_name(text: str, secret: str) -> None:
    assert found_by(find_assigned_secrets, text) == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['DB_PASSWORD_1']",
        "token = get_token(12345678)",
        "secret: ${SECRET_KEY_1}",
        "password: changeme",
        "The token: it is 12345678",
        "key = user_id_1234567a",
        "secret=new_r2_creds.secret_access_key",
        "token = _DISABLE_429_RETRY.set(True)",
        "api_key: sk-...xyz123",
        "password=[SECRET]",
        "the bearer of 12345678901234567890 shares",
        "token: https://example.com/a1b2c3",
    ],
)
def test_leaves_names_of_secrets(text: str) -> None:
    assert found_by(find_assigned_secrets, text) == []


@pytest.mark.parametrize("text", ["postgres://app:s3cret@db:5432/x", "https://app:s3cret@[::1]/"])
def test_finds_user_and_password_in_urls(text: str) -> None:
    assert found_by(find_url_credentials, text) == ["app:s3cret"]


@pytest.mark.parametrize(
    "text", ["https://host:8080/a@b", "https://${USER}:${PASS}@host", "https://u:***@host", "http://[URL_CREDENTIALS]@host"]
)
def test_leaves_urls_without_or_with_templates(text: str) -> None:
    assert found_by(find_url_credentials, text) == []


def test_finds_whole_keys() -> None:
    assert found_by(find_private_keys, f"a\n{PEM}\nb") == [PEM]


def test_finds_keys_that_were_cut_off() -> None:
    cut = PEM[: PEM.index("x8Kd")].rstrip()
    assert found_by(find_private_keys, f"a\n{cut}\n\nNext: a text.") == [cut]


def test_finds_keys_with_escaped_line_ends() -> None:
    escaped = PEM.replace("\n", "\\n")
    assert found_by(find_private_keys, f'{{"private_key": "{escaped}"}}') == [escaped]


def test_leaves_what_speaks_of_keys() -> None:
    assert found_by(find_private_keys, "It starts with -----BEGIN PRIVATE KEY----- as a rule.") == []
    assert found_by(find_private_keys, "PRIVATE KEY") == []
