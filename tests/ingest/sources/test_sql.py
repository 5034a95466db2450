import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item
from ragline.ingest.source import Listing
from ragline.ingest.sources.sql import SqlOptions, SqlSource
from ragline.runtime.dataset_names import DatasetName, dataset_name

ARTICLES = """
    DROP TABLE IF EXISTS article;
    CREATE TABLE article (nr INTEGER PRIMARY KEY, name TEXT, body TEXT, changed TIMESTAMP, who TEXT, org TEXT);
    INSERT INTO article VALUES (2, 'Two', 'second', '2026-01-02', 'hr,legal', 'acme'),
        (1, 'One', 'first', '2026-01-01', NULL, NULL), (10, 'Ten', 'tenth', '2026-01-10', '', 'other')
"""
OPTIONS = {
    "query": "SELECT nr, name, body, changed, who, org FROM article;",
    "fields": {"id": "nr", "title": "name", "text": "body", "access_labels": "who", "tenant": "org"},
    "marker": "changed",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    made = f"sqlite:///{tmp_path}/wiki.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    change(made, *ARTICLES.split(";"))
    return made


def change(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def source(url: str | None, **options: object) -> SqlSource:
    return pickle.loads(pickle.dumps(SqlSource("wiki", SqlOptions(**{**OPTIONS, "url": url, **options}), Path("/"))))


def items(made: SqlSource) -> dict[str, Item]:
    return {item.source_id: item for item in made.items(Listing())}


def texts(made: SqlSource) -> dict[str, bytes]:
    return {item.source_id: opener().read() for item, opener in made.open_all(items(made).values())}


@pytest.mark.parametrize("marker", ["changed", None])
def test_a_row_that_changed_since_it_was_listed_is_read_with_its_new_marker(url, marker):
    made = source(url, marker=marker)
    before = items(made)
    change(url, "UPDATE article SET body = 'later', changed = '2026-02-02' WHERE nr = 2")
    streams = {item.source_id: opener() for item, opener in made.open_all(before.values())}
    now = items(made)
    assert (streams["2"].read(), streams["2"].change_marker) == (b"later", now["2"].change_marker)
    assert now["2"].change_marker != before["2"].change_marker
    assert streams["1"].change_marker == before["1"].change_marker


def test_of_two_rows_with_one_key_the_listed_one_is_read(tmp_path):
    url = f"sqlite:///{tmp_path}/twice.db"
    change(url, "CREATE TABLE article (nr INTEGER, name TEXT, body TEXT, changed TIMESTAMP, who TEXT, org TEXT)")
    change(url, "INSERT INTO article VALUES (1, 'A', 'first', '1', '', ''), (1, 'B', 'second', '2', '', '')")
    made = source(url)
    _, second = made.items(Listing())
    ((_, opener),) = made.open_all([second])
    assert opener().read() == b"second"


def test_rows_by_key_with_title_tenant_and_labels_from_columns(url):
    made = source(url, rules=[{"match": "*", "access_labels": ["staff"]}])
    made.check()
    found = items(made)
    assert list(found) == ["1", "2", "10"]
    assert (found["2"].title, found["2"].tenant, found["2"].access_labels) == ("Two", "acme", ("hr", "legal"))
    assert (found["1"].tenant, found["1"].access_labels) == (None, ("staff",))
    assert found["10"].access_labels == ("staff",)
    assert found["2"].uri.endswith("#nr=2")
    assert texts(made) == {"1": b"first", "2": b"second", "10": b"tenth"}
    assert made.open(found["10"]).read() == b"tenth"


def test_listing_does_not_read_texts_where_a_marker_says_what_changed(url):
    before = items(source(url))
    change(
        url, "UPDATE article SET body = 'new', changed = '2026-02-01' WHERE nr = 2", "UPDATE article SET body = '' WHERE nr = 1"
    )
    after = items(source(url))
    assert not source(url).reads_while_listing
    assert "body" not in source(url).options.listed_columns
    assert after["1"].change_marker == before["1"].change_marker
    assert after["2"].change_marker.startswith("2026-02-01")


def test_without_a_marker_the_row_itself_tells(url):
    made = source(url, marker=None)
    before = items(made)
    change(url, "UPDATE article SET body = 'new' WHERE nr = 2")
    after = items(made)
    assert made.reads_while_listing
    assert [number for number in after if after[number].change_marker != before[number].change_marker] == ["2"]
    assert after["2"].size == 3


def test_a_row_that_is_gone_cannot_be_read(url):
    made = source(url)
    found = items(made)
    change(url, "DELETE FROM article WHERE nr = 2")
    read: dict[str, Callable[[], object]] = {item.source_id: opener for item, opener in made.open_all(found.values())}
    assert sorted(read) == ["1", "10", "2"]
    with pytest.raises(FileNotFoundError, match="the row is gone"):
        read["2"]()


def test_more_rows_than_are_asked_for_at_once(url):
    change(url, *(f"INSERT INTO article (nr, body) VALUES ({number}, 'text {number}')" for number in range(100, 650)))
    found = texts(source(url))
    assert len(found) == 553
    assert found["649"] == b"text 649"


def test_a_row_that_is_not_as_it_must_be_is_refused(url):
    change(url, "UPDATE article SET name = NULL WHERE nr = 1")
    found = list(source(url, fields={"id": "name", "text": "body"}).items(Listing()))
    assert sorted(item.source_id for item in found if not item.refusal) == ["Ten", "Two"]
    (refused,) = [item for item in found if item.refusal]
    assert refused.refusal.reason == "bad_record"
    change(url, "UPDATE article SET body = NULL WHERE nr = 2")
    made = source(url)
    openers = {item.source_id: opener for item, opener in made.open_all(items(made).values())}
    with pytest.raises(Exception, match="'body' must be text"):
        openers["2"]()


def test_colons_of_a_query_are_its_own(url):
    query = "SELECT nr, body, '12:30' AS at, 'a:b' AS name FROM article"
    query += " WHERE nr::text <> '::x'" if url.startswith("postgresql") else ""
    found = items(source(url, query=query, fields={"id": "nr", "text": "body", "at": "at"}, marker=None))
    assert dict(found["1"].metadata) == {"at": "12:30"}


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_keys_may_be_uuids_or_decimals_and_texts_bytes(url):
    key = "8c1f6d1e-0000-4000-8000-000000000001"
    change(
        url,
        "DROP TABLE IF EXISTS blob",
        "CREATE TABLE blob (id UUID, nr NUMERIC, text BYTEA)",
        f"INSERT INTO blob VALUES ('{key}', 7, '\\xff00')",
    )
    for field, name in (("id", key), ("nr", "7")):
        made = source(url, query="SELECT * FROM blob", fields={"id": field}, marker=None)
        assert texts(made) == {name: b"\xff\x00"}


def test_a_query_that_fails_stops_the_listing(url):
    with pytest.raises(SourceError, match="'wiki': the database says: .*nothing_here"):
        items(source(url, query="SELECT * FROM nothing_here"))


def test_a_database_that_does_not_answer(tmp_path):
    with pytest.raises(SourceError, match="the database says"):
        source("postgresql://ada@127.0.0.1:9/wiki").check()


def test_secrets_come_from_the_environment(monkeypatch, tmp_path):
    change(f"sqlite:///{tmp_path}/wiki.db", *ARTICLES.split(";"))
    made = source(None, url_env="WIKI_URL")
    with pytest.raises(ConfigError, match="the environment variable WIKI_URL is not set"):
        made.check()
    monkeypatch.setenv("WIKI_URL", "no url with secret")
    with pytest.raises(ConfigError, match="WIKI_URL is not the URL of a database") as wrong:
        made.check()
    assert "secret" not in str(wrong.value)
    monkeypatch.setenv("WIKI_URL", f"sqlite:///{tmp_path}/wiki.db")
    assert len(items(made)) == 3
    monkeypatch.setenv("WIKI_PASSWORD", "s3cret")
    with_password = source("postgresql://ada@db.example:5433/wiki", password_env="WIKI_PASSWORD")
    assert with_password._database.address(Path("/")).password == "s3cret"
    named = with_password.dataset()
    assert named.namespace == "postgresql://db.example:5433"
    assert dataset_name(named.namespace, named.name).namespace == "postgres://db.example:5433"
    assert "s3cret" not in repr(with_password.dataset())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "postgresql://ada:pw@host/db"}, "it holds a password"),
        ({"url": "not a url"}, "it is not the URL of a database"),
        ({"url": "sqlite:///x", "url_env": "X"}, "give either url or url_env"),
        ({"url": None}, "give either url or url_env"),
    ],
)
def test_options_that_make_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        SqlOptions(**{**OPTIONS, **options})
    with pytest.raises(ConfigError, match="no driver for nosuch"):
        source("nosuch://host/db").check()


@pytest.mark.parametrize(
    ("query", "table"),
    [
        ("select id, title, body from pages", "wiki.public.pages"),
        ("select id, title, body from intern.pages where body is not null", "wiki.intern.pages"),
    ],
)
def test_lineage_names_the_table_that_is_read(query, table):
    named = source("postgresql://ada@db.example/wiki", query=query).dataset()
    assert dataset_name(named.namespace, named.name) == DatasetName("postgres://db.example:5432", table)


@pytest.mark.parametrize("query", ["select p.id from pages p join users u on p.u = u.id", "select ("])
def test_a_query_of_no_single_table_is_named_by_its_fingerprint(query):
    assert source("postgresql://ada@db.example/wiki", query=query).dataset().name.startswith("wiki.query-")
