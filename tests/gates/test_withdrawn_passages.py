"""Which passages of a changed document stay visible where its source says ``withdraw: changed``."""

import pytest

from ragline.contracts.tables import DOCUMENTS, TOMBSTONES
from ragline.gates.deletions import withdraw_from_chunks, write_tombstones
from ragline.lake.publications import RELEASE, Publication, publish
from ragline.lake.tombstones import newest_tombstones
from tests.gates.rows import append, append_chunks, chunk, document, gone, hexed

TEXT = "Ask at the desk.\n\nThe code is 4711.\n\nThe door is blue."
DESK, CODE, DOOR = (0, 16), (18, 35), (37, 54)
REDACTED = "Ask at the desk.\n\nThe door is blue."


def passage(span, text=None, **columns):
    start, end = span
    return chunk("a", TEXT[start:end] if text is None else text, start, end, **columns)


def id_of(span):
    return hexed(f"a{span[0]}")


def publish_documents(project, *rows):
    version = append(project.lake, "documents", *rows)
    publish(project.lake, Publication("documents", version, "gate"))
    return version


def publish_chunks(project, documents, *rows):
    version = append_chunks(project.lake, documents, *rows)
    publish(project.lake, Publication("chunks", version, "gate", inputs={"documents": documents}))
    return version


@pytest.fixture
def served(project):
    """A release of one document in three passages, of a source whose redactions take effect at once."""
    source = {"name": "handbook", "type": "folder", "uri": "corpus", "withdraw": "changed"}
    project.configure(sources=[source])
    publish_documents(project, document("a", TEXT))
    publish_chunks(project, 0, passage(DESK), passage(CODE), passage(DOOR))
    publish(project.lake, Publication(RELEASE, 1, "index", inputs={"documents": 0, "chunks": 0, "embeddings": 0}))
    return project


def change(project, *rows, published=0):
    append(project.lake, "documents", *rows)
    hide(project, published)


def hide(project, published=0):
    version = project.lake.version(DOCUMENTS)
    manifest = project.run("gate", lambda run: write_tombstones(run, version, published))
    assert manifest.status == "done", manifest.message


def kept(project, made_of=0):
    """The passages of the document that a release made of this documents version still shows; None if all of them."""
    rows = newest_tombstones(project.lake.read(TOMBSTONES)).to_pylist()
    found = [r["kept_chunk_ids"] for r in rows if r["kept_chunk_ids"] is not None and r["documents_version"] > made_of]
    return set(found[0]) if found else None


def test_a_redacted_passage_is_hidden_and_the_others_are_not(served):
    change(served, document("a", REDACTED))
    assert kept(served) == {id_of(DESK), id_of(DOOR)}
    assert kept(served, made_of=1) is None


def test_the_default_leaves_older_passages_until_the_next_release(served):
    served.configure()
    change(served, document("a", REDACTED))
    assert served.lake.version(TOMBSTONES) is None


def test_a_moved_passage_still_stands_in_the_document(served):
    change(served, document("a", "The door is blue.\n\nThe code is 4711.\n\nAsk at the desk."))
    assert kept(served) == {id_of(DESK), id_of(CODE), id_of(DOOR)}


def test_a_cleaned_passage_is_compared_by_what_stood_in_the_document(served):
    cleaned = passage(CODE, "The code is [NUMBER].", chunk_id=hexed("clean"), alignment=[0, 18, 12, 30, 20, 34, 21, 35])
    publish_chunks(served, 0, passage(DESK), cleaned, passage(DOOR))
    change(served, document("a", f"{TEXT}\n\nThe desk is new."))
    assert hexed("clean") in kept(served)
    change(served, document("a", TEXT.replace("4711", "0815")))
    assert kept(served) == {id_of(DESK), id_of(DOOR)}


@pytest.mark.parametrize("changed", [{"title": "Doors"}, {"text": TEXT.replace("desk", "Desk")}])
def test_a_title_or_a_heading_that_is_gone_hides_the_passages_that_show_it(project, served, changed):
    publish_documents(served, document("a", TEXT, title="Codes"))
    publish_chunks(served, 1, passage(DESK), passage(CODE), passage(DOOR, heading_path=["the desk"]))
    row = {"text": TEXT, "title": "Codes", **changed}
    change(served, document("a", row.pop("text"), **row), published=1)
    assert kept(served) == (set() if "title" in changed else {id_of(CODE)})


def test_the_next_edit_is_held_against_all_releases_that_are_kept(served):
    change(served, document("a", REDACTED))
    publish(served.lake, Publication("documents", 1, "gate"))
    publish_chunks(served, 1, chunk("a", "The door is blue.", 18, 35))
    change(served, document("a", "Ask at the desk."), published=1)
    assert kept(served) == {id_of(DESK)}
    assert kept(served, made_of=1) == {id_of(DESK)}


def test_what_is_put_back_is_found_again(served):
    change(served, document("a", REDACTED))
    publish(served.lake, Publication("documents", 1, "gate"))
    change(served, document("a", TEXT), published=1)
    assert kept(served) == {id_of(DESK), id_of(CODE), id_of(DOOR)}


def test_what_was_cut_in_a_version_that_failed_and_is_back_in_the_next_is_found_again(served):
    change(served, document("a", REDACTED))
    assert id_of(CODE) not in kept(served)
    change(served, document("a", TEXT))
    assert id_of(CODE) in kept(served)
    change(served, document("a", f"{TEXT}\n\nMore."))
    assert id_of(CODE) in kept(served)


def test_passages_cut_while_the_document_changed_are_looked_at_before_they_are_published(served):
    publish_documents(served, document("a", f"{TEXT}\n\nMore."))
    change(served, document("a", REDACTED), published=1)
    append_chunks(served.lake, 1, passage(CODE, chunk_id=hexed("new code")), passage(DOOR, chunk_id=hexed("new door")))
    assert hexed("new door") not in kept(served, made_of=1)
    served.run("gate", lambda run: withdraw_from_chunks(run, 1))
    assert hexed("new door") in kept(served, made_of=1)
    assert hexed("new code") not in kept(served, made_of=1)


def test_it_is_recorded_once(served):
    change(served, document("a", REDACTED))
    hide(served)
    assert served.lake.read(TOMBSTONES).num_rows == 1


def test_other_changes_withdraw_nothing(served):
    change(served, document("a", TEXT, uri="file:///elsewhere"), document("new", "New."), document("b", source="other"))
    assert served.lake.version(TOMBSTONES) is None


def test_a_document_that_is_deleted_is_hidden_as_a_whole(served):
    change(served, gone("a"))
    (row,) = served.lake.read(TOMBSTONES).to_pylist()
    assert (row["reason"], row["kept_chunk_ids"]) == ("deleted", None)


def test_the_setting_has_two_values(served):
    from ragline.errors import ConfigError

    served.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "withdraw": "edited"}])
    with pytest.raises(ConfigError, match="withdraw"):
        served.settings()
