"""Which documents searches hide, by what was committed and which gates passed."""

import pytest

from ragline.contracts.tables import DOCUMENTS, TOMBSTONES
from ragline.gates.deletions import write_tombstones
from ragline.gates.job import gate
from ragline.ingest.job import Scope, ingest
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, last_published, publications, publish
from ragline.lake.tombstones import live_tombstones
from tests.gates.rows import append, document, gone, hexed

BAD = {"uri": ""}  # fails the suite


def check(project, run_id="g"):
    return project.run("gate", lambda run: gate(run, "documents"), run_id=run_id)


def pass_gate(project):
    """Publish the newest version as a gate that passed does, without Great Expectations."""
    hide(project)
    publish(project.lake, Publication("documents", newest(project), "gate"))


def hide(project):
    last = last_published(project.lake, "documents")
    if last is not None:
        manifest = project.run("gate", lambda run: write_tombstones(run, newest(project), last.version))
        assert manifest.status == "done", manifest.message


def newest(project):
    return project.lake.version(DOCUMENTS)


def commit(project, *rows):
    append(project.lake, "documents", *rows)


def hidden(project, made_of=0):
    """The documents that a release made of this documents version hides now."""
    rows = live_tombstones(project.lake).to_pylist()
    return {row["doc_id"] for row in rows if row["documents_version"] > made_of}


@pytest.fixture
def served(project):
    """A and b are published, and a release may be made of them."""
    commit(project, document("a", "About apples."), document("b", "About bees."))
    pass_gate(project)
    return project


def test_a_gate_that_fails_hides_what_was_deleted_all_the_same(served):
    commit(served, gone("a"), document("c", **BAD))
    manifest = check(served)
    assert manifest.status == "gate_failed"
    assert "Hidden from searches all the same: 1 deleted documents." in manifest.message
    assert hidden(served) == {hexed("a")}
    assert [publication.version for publication in publications(served.lake, "documents")] == [0]


def test_a_deletion_in_a_failed_version_is_neither_lost_nor_doubled_by_a_later_publication(served):
    commit(served, gone("a"), document("c", **BAD))
    hide(served)
    commit(served, document("c"))
    pass_gate(served)
    assert hidden(served) == {hexed("a")}
    assert served.lake.read(TOMBSTONES).num_rows == 1
    assert hidden(served, made_of=2) == set()


def test_a_document_that_is_back_as_it_was_after_a_failed_version_is_found_again(served):
    commit(served, gone("a"), document("c", **BAD))
    hide(served)
    commit(served, document("a", "About apples."), document("c"))
    pass_gate(served)
    assert hidden(served) == set()


@pytest.mark.parametrize("back", [document("a", "About pears."), document("a", "About apples.", access_labels=["hr"])])
def test_a_document_that_is_back_as_another_stays_hidden_in_older_releases(served, back):
    commit(served, gone("a"))
    pass_gate(served)
    commit(served, back)
    pass_gate(served)
    assert hidden(served) == {hexed("a")}
    assert hidden(served, made_of=2) == set()


def test_the_order_of_labels_is_no_difference(project):
    commit(project, document("a", access_labels=["hr", "it"]), document("b", "About bees."))
    pass_gate(project)
    commit(project, gone("a"), document("moved", access_labels=["it", "hr"]))
    pass_gate(project)
    assert hidden(project) == set()


def test_renamed_and_renamed_back_hides_nothing(served):
    commit(served, gone("a"), document("new/a", "About apples."))
    pass_gate(served)
    assert hidden(served) == set()
    commit(served, gone("new/a"), document("a", "About apples."))
    pass_gate(served)
    assert hidden(served) == set()
    assert hidden(served, made_of=1) == set()


def test_a_renamed_folder_stays_searchable_until_its_documents_go(served):
    commit(served, gone("a"), gone("b"), document("new/a", "About apples."), document("new/b", "About bees."))
    hide(served)
    assert hidden(served) == set()
    pass_gate(served)
    commit(served, gone("new/a"))
    pass_gate(served)
    assert hidden(served) == {hexed("a"), hexed("new/a")}
    assert hidden(served, made_of=1) == {hexed("new/a")}  # "a" was not there any more


@pytest.mark.parametrize(
    "other",
    [{"access_labels": ["hr"]}, {"tenant": "north"}, {"title": "Another"}, {"content_hash": ""}, {"content_hash": "0" * 64}],
)
def test_a_document_under_another_name_stands_in_only_with_the_same_content_title_labels_and_tenant(served, other):
    commit(served, gone("a"), document("copy", "About apples.", **other))
    pass_gate(served)
    assert hidden(served) == {hexed("a")}


def test_one_of_two_copies_that_goes_is_found_until_the_other_goes_too(project):
    commit(project, document("a", "Same."), document("b", "Same."), document("c", "Other."))
    pass_gate(project)
    commit(project, gone("a"))
    pass_gate(project)
    assert hidden(project) == set()
    commit(project, document("b", "Edited."))
    pass_gate(project)
    assert hidden(project) == {hexed("a")}
    commit(project, document("b", "Same."))
    pass_gate(project)
    assert hidden(project) == set()


def test_what_a_document_held_earlier_hides_no_release_that_holds_what_it_is(project):
    commit(project, document("a", "Old."), document("b", "About bees."))
    pass_gate(project)
    commit(project, gone("a"))
    pass_gate(project)
    commit(project, document("a", "New."), document("copy", "Old."))
    pass_gate(project)
    commit(project, gone("copy"))
    pass_gate(project)
    assert hidden(project) == {hexed("a"), hexed("copy")}
    assert hidden(project, made_of=2) == {hexed("copy")}


def test_what_moved_and_went_in_versions_that_failed_is_hidden(served):
    commit(served, gone("a"), document("new/a", "About apples."), document("c", **BAD))
    hide(served)
    assert hidden(served) == set()
    commit(served, gone("new/a"))
    hide(served)
    assert hidden(served) == {hexed("a")}


def test_a_slow_gate_decides_by_the_newest_version(served):
    commit(served, gone("a"))
    commit(served, document("a", "About apples."))
    hide(served)
    served.run("gate", lambda run: write_tombstones(run, 1, 0), run_id="late")
    assert hidden(served) == set()
    commit(served, gone("a"))
    hide(served)
    served.run("gate", lambda run: write_tombstones(run, 2, 0), run_id="later")
    assert hidden(served) == {hexed("a")}


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        (gone("a"), document("a", "About apples."), set()),
        (document("gone", "It was gone."), gone("gone"), {hexed("gone")}),
    ],
)
def test_of_two_gates_at_once_the_newer_version_has_the_last_word(project, monkeypatch, first, then, expected):
    commit(project, document("a", "About apples."), document("b", "About bees."), document("gone", "It was gone."))
    pass_gate(project)
    commit(project, gone("gone"))
    pass_gate(project)
    commit(project, first)

    write, meanwhile = Lake.write, []

    def after_another_gate(lake, table, *arguments, **named):
        if table is TOMBSTONES and not meanwhile:
            meanwhile.append(True)
            commit(project, then)
            pass_gate(project)
        return write(lake, table, *arguments, **named)

    monkeypatch.setattr(Lake, "write", after_another_gate)
    project.run("gate", lambda run: write_tombstones(run, 2, 1), run_id="slow")
    assert meanwhile
    assert hidden(project) == {hexed("gone"), *expected}


def test_the_first_publication_hides_nothing(project):
    commit(project, document("a"), gone("b"))
    pass_gate(project)
    assert project.lake.version(TOMBSTONES) is None


def test_a_renamed_folder_of_files_hides_nothing_and_a_removed_file_does(project):
    for name in ("tea", "coffee", "milk"):
        file = project.root / "pages" / "drinks" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# All about {name}\n\nNobody knows more about {name} than we do.\n")
    project.configure(sources=[{"name": "pages", "type": "folder", "uri": "pages"}])

    def take_in():
        manifest = project.run("ingest", lambda run: ingest(run, Scope()))
        assert manifest.status == "done", manifest.message
        pass_gate(project)

    take_in()
    (project.root / "pages" / "drinks").rename(project.root / "pages" / "beverages")
    take_in()
    assert hidden(project, made_of=0) == set()
    (project.root / "pages" / "beverages" / "milk.md").unlink()
    project.configure(sources=[{"name": "pages", "type": "folder", "uri": "pages"}], ingest={"max_deleted_share": 1})
    take_in()
    assert len(hidden(project, made_of=0)) == 2  # under the name that it had, and the one that it has
