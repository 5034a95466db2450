import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.contracts.redaction import holds_credentials, redacted, redacted_value

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgresql://ragline:s3cr3t@db:5432/mlflow", "postgresql://ragline:***@db:5432/mlflow"),
        ("postgresql+psycopg2://ragline:s3cr3t@db/mlflow", "postgresql+psycopg2://ragline:***@db/mlflow"),
        ("mysql+pymysql://root:a@s3cr3t/b#c?d@db/mlflow", "mysql+pymysql://root:***@db/mlflow"),
        ("mssql+pyodbc://sa:s3cr3t@db/mlflow?driver=x", "mssql+pyodbc://sa:***@db/mlflow?driver=x"),
        ("postgresql://:s3cr3t@db/mlflow", "postgresql://:***@db/mlflow"),
        ("postgresql://db/mlflow?user=me&password=s3cr3t", "postgresql://db/mlflow?user=me&password=***"),
        ("https://ci:s3cr3t@git.example/a.git", "https://***@git.example/a.git"),
        ("https://s3cr3t:x-oauth-basic@git.example/a.git", "https://***@git.example/a.git"),
        ("https://s3cr3t@git.example/a.git@main", "https://***@git.example/a.git@main"),
        ("ftp://anna:s3cr3t@files.example/a", "ftp://***@files.example/a"),
        ("s3://AKIA:s3cr3t@bucket/prefix", "s3://***@bucket/prefix"),
        ("https://b.s3.amazonaws.com/k?X-Amz-Signature=s3cr3t&x=1", "https://b.s3.amazonaws.com/k?X-Amz-Signature=***&x=1"),
        ("https://b.example/k?X-Amz-Credential=s3cr3t%2F2026", "https://b.example/k?X-Amz-Credential=***"),
        ("https://a.blob.core.windows.net/c/k?sv=2024&sig=s3cr3t", "https://a.blob.core.windows.net/c/k?sv=2024&sig=***"),
        ("https://wiki.example/?access_token=s3cr3t#top", "https://wiki.example/?access_token=***#top"),
        ("https://maps.example/?key=s3cr3t", "https://maps.example/?key=***"),
        ("AccountName=a;AccountKey=s3cr3t==;EndpointSuffix=x", "AccountName=a;AccountKey=***;EndpointSuffix=x"),
        ("host=db user=me password=s3cr3t dbname=x", "host=db user=me password=*** dbname=x"),
        ("host=db password='s3cr3t s3cr3t'", "host=db password=***"),
        ("Authorization: Bearer s3cr3t", "Authorization: Bearer ***"),
        ("{'authorization': 'Basic s3cr3t'}", "{'authorization': 'Basic ***'}"),
    ],
)
def test_what_is_secret_is_hidden_and_the_place_stays(uri: str, shown: str) -> None:
    assert redacted(uri) == shown
    assert redacted(f"Cannot open {uri!r}: refused. See {uri} again.").count(SECRET) == 0


@pytest.mark.parametrize(
    "harmless",
    [
        "sqlite:////srv/ragline/.ragline/mlflow.db",
        "/srv/ragline/lake",
        "s3://bucket/prefix/lake",
        "https://git.example:8443/team/product.git@main",
        "http://localhost:8080/@anna",
        "http://[::1]:5000/a",
        "ssh://git@git.example/a.git",
        "git@git.example:team/product.git",
        "abfss://container@account.dfs.core.windows.net/lake",
        "postgresql://ragline@db/mlflow",
        "see https://example.org/?page=2&author=anna, anna@example.org",
        "3 of 4 keys = values",
    ],
)
def test_what_is_not_secret_stays_as_it_is(harmless: str) -> None:
    assert redacted(harmless) == harmless
    assert not holds_credentials(harmless)


@given(st.text(st.sampled_from("ab:/@?&=;#'\" *sigkeypostgrhttp"), max_size=80))
def test_redacting_twice_changes_nothing(text: str) -> None:
    for said in (text, f"postgresql://{text}", f"https://a:{text}"):
        once = redacted(said)
        assert redacted(once) == once


def test_data_is_redacted_to_its_leaves() -> None:
    data = {"runs": [{"uri": "https://ci:s3cr3t@h/a", "n": 3}], "https://s3cr3t@h/": ("x", None)}

    assert redacted_value(data) == {"runs": [{"uri": "https://***@h/a", "n": 3}], "https://***@h/": ["x", None]}


def test_only_a_uri_is_said_to_hold_credentials() -> None:
    assert holds_credentials("https://ci:s3cr3t@h/a")
    assert holds_credentials("https://h/a?sig=s3cr3t")
    assert not holds_credentials("select name from users where password = 's3cr3t'")
