"""Every setting of every source and of ingest either changes the hash of the items that it shapes, or says that it cannot."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from ragline.config.ingest import IngestSettings
from ragline.config.settings import Settings
from ragline.config.sources import SourceSettings
from ragline.config.text_settings import CannotChangeText
from ragline.ingest.extract.part import Part
from ragline.ingest.item import Refusal
from ragline.ingest.source_types import make_source, source_class, source_types
from ragline.ingest.sync.fingerprint import SettingsHashes, ingest_fingerprint, is_earlier, settings_hashes

# A source of each type, as small as it may be, and for each setting that shapes its documents another value.
SHAPING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "folder": ({"uri": "s3://bucket/docs"}, {"storage_options": {"endpoint_url": "https://store.example.org"}}),
    "git": ({"url": "../runbooks"}, {}),
    "python_packages": ({}, {}),
    "sql": (
        {"url": "sqlite:///wiki.db", "query": "SELECT id, body FROM page", "fields": {"text": "body"}, "marker": "version"},
        {
            "query": "SELECT id, lower(body) AS body FROM page",
            "fields.id": "key",
            "fields.text": "summary",
            "fields.title": "title",
            "fields.uri": "link",
            "fields.tenant": "customer",
            "fields.access_labels": "groups",
            "fields.opened": "created_at",
            "marker": "changed",
            "media_type": "text/html",
        },
    ),
    "table": (
        {"uri": "tickets.csv", "fields": {"text": "body"}},
        {
            "fields.id": "key",
            "fields.text": "summary",
            "fields.title": "title",
            "fields.uri": "link",
            "fields.tenant": "customer",
            "fields.access_labels": "groups",
            "fields.opened": "created_at",
            "format": "tsv",
            "delimiter": ";",
            "media_type": "text/html",
        },
    ),
    "website": ({"url": "https://www.example.org/"}, {}),
}

# What cannot change a text; each says why beside its declaration.
WITHOUT_EFFECT: dict[str, dict[str, Any]] = {
    "every type": {"max_bytes": 1000, "max_items": 1000, "rules": [{"match": "a/", "tenant": "acme"}]},
    "settings": {"name": "other", "tenant": "acme", "access_labels": ["staff"], "withdraw": "changed"},
    "ingest": {"max_deleted_share": 0.5, "limits": {"seconds": 7}},
    "folder": {"uri": "s3://bucket/other", "include": ["*.md"], "exclude": ["drafts/"]},
    "git": {
        "url": "../other",
        "ref": "stable",
        "username": "ci",
        "password_env": "TOKEN",
        "max_fetch_bytes": 1000,
        "include": ["*.md"],
        "exclude": ["drafts/"],
    },
    "python_packages": {"include": ["a*"], "exclude": ["b*"], "required_by": ["ragline[embed]"]},
    "sql": {"url": None, "url_env": None, "password_env": "WIKI_PASSWORD", "tls": True, "timeout_seconds": 7},
    "table": {"uri": "other.csv", "storage_options": {"endpoint_url": "https://store.example.org"}},
    "website": {
        "url": "https://www.example.org/docs/",
        "sitemap": None,
        "prefix": "https://www.example.org/docs/",
        "include": ["*.html"],
        "exclude": ["press/"],
        "max_pages": 7,
        "max_depth": 1,
        "max_requests": 70,
        "max_redirects": 1,
        "max_sitemaps": 7,
        "max_sitemap_depth": 1,
        "requests_per_second": 7,
        "timeout_seconds": 7,
        "attempts": 7,
        "retry_seconds": 7,
        "allow_private": True,
    },
}


def settings_of(source: dict[str, Any], ingest: dict[str, Any] | None = None) -> Settings:
    return Settings.model_validate(
        {"pipeline": "p", "lake": {"uri": "/lake"}, "sources": [{"name": "docs", **source}], "ingest": ingest or {}}
    )


def hashes(source: dict[str, Any], ingest: dict[str, Any] | None = None) -> SettingsHashes:
    settings = settings_of(source, ingest)
    return settings_hashes(settings, make_source(settings.sources[0], Path("/project")))


def changed(tree: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {**tree, head: changed(tree.get(head, {}), rest, value) if rest else value}


def fields_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, bool]]:
    """The path of each setting of a model and of those inside it, and whether it says that it cannot change a text."""
    for name, field in model.model_fields.items():
        why = [note for note in field.metadata if isinstance(note, CannotChangeText)]
        assert all(len(note.because.split()) > 3 for note in why), f"{path}{name}: say how one knows"
        inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if is_section(kind)]
        if why or not inner:
            yield f"{path}{name}", bool(why)
        else:
            yield from fields_of(inner[0], f"{path}{name}.")


def is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def test_every_setting_of_every_type_is_in_the_fingerprint_or_in_the_list_of_those_that_cannot_change_a_text():
    for name in source_types():
        found = dict(fields_of(source_class(name).options_model))
        shaping = {path for path in SHAPING[name][1] if path != "fields.opened"}
        assert {path for path, is_without_effect in found.items() if not is_without_effect} == shaping, name
        assert {path for path, is_without_effect in found.items() if is_without_effect} == {
            *WITHOUT_EFFECT[name],
            *WITHOUT_EFFECT["every type"],
        }, name
    assert dict(fields_of(SourceSettings)) == {"type": False, **dict.fromkeys(WITHOUT_EFFECT["settings"], True)}
    of_ingest = dict.fromkeys(WITHOUT_EFFECT["ingest"], True)
    assert dict(fields_of(IngestSettings)) == {"ocr.enabled": False, "ocr.languages": False, **of_ingest}


@pytest.mark.parametrize("kind", source_types())
def test_another_value_of_a_setting_that_shapes_documents_is_another_hash(kind):
    smallest, others = SHAPING[kind]
    source = {"type": kind, **smallest}
    before = hashes(source)
    for path, value in others.items():
        after = hashes(changed(source, path, value))
        assert not set(after.current) & set(before.current), path


def test_the_same_source_of_another_type_is_another_hash():
    records, table = {"uri": "tickets.csv"}, {"type": "table"}
    assert not set(hashes({**table, **records}).current) & set(hashes({"type": "folder", **records}).current)


@pytest.mark.parametrize("kind", source_types())
def test_another_value_of_any_other_setting_is_another_hash_for_refused_items_alone(kind, monkeypatch):
    monkeypatch.setenv("WIKI_PASSWORD", "secret")
    source = {"type": kind, **SHAPING[kind][0]}
    before = hashes(source)
    others = {**WITHOUT_EFFECT["every type"], **WITHOUT_EFFECT["settings"], **WITHOUT_EFFECT[kind]}
    for path, value in others.items():
        if value is None or path in ("name", "withdraw"):
            continue
        after = hashes(changed(source, path, value))
        assert (after.plain, after.recognised) == (before.plain, before.recognised), path
        assert after.refused != before.refused, path


def test_text_recognition_is_in_the_hash_of_those_items_that_it_may_read():
    folder = {"type": "folder", "uri": "docs"}
    off, german = hashes(folder), hashes(folder, {"ocr": {"enabled": True, "languages": ["deu"]}})
    on, off_again = hashes(folder, {"ocr": {"enabled": True}}), hashes(folder, {"ocr": {"languages": ["deu"]}})
    assert off.plain == on.plain == german.plain
    assert len({off.recognised, on.recognised, german.recognised}) == 3
    assert off_again == off
    pdf, markdown = Part("a.pdf", "application/pdf", ""), Part("b.md", "text/markdown", "")
    refused = Part("c", "", "", refusal=Refusal("parse_error", "It is none."))
    assert [off.of([markdown]), off.of([markdown, pdf]), off.of([markdown, pdf, refused])] == off.current


def test_limits_are_in_the_hash_of_refused_items_alone():
    folder = {"type": "folder", "uri": "docs"}
    before, after = hashes(folder), hashes(folder, {"limits": {"seconds": 7}})
    assert (after.plain, after.recognised) == (before.plain, before.recognised)
    assert after.refused != before.refused


def test_which_database_it_is_counts_and_not_who_asks(monkeypatch):
    def of(url: str) -> SettingsHashes:
        monkeypatch.setenv("WIKI_URL", url)
        return hashes({"type": "sql", "url_env": "WIKI_URL", "query": "SELECT * FROM page", "marker": "version"})

    before = of("postgresql://reader:old@db/wiki?sslpassword=old")
    assert of("postgresql://writer:new@db/wiki?sslpassword=new") == before
    for other in ("postgresql://reader:old@other/wiki", "postgresql://reader:old@db/staging", "postgresql://reader@db:5433/wiki"):
        assert of(other).plain != before.plain
    assert of("postgresql://reader@db/wiki?options=-csearch_path%3Dold").plain != before.plain


def test_commits_of_earlier_code_are_told_apart():
    assert not is_earlier(ingest_fingerprint(settings_of({"type": "folder", "uri": "docs"})))
    assert is_earlier("0123456789abcdef")
