from ragline.contracts.tables import DOCUMENTS
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, take_in, two_sources


def test_too_many_missing_documents_stop_the_run_unless_that_is_allowed(project):
    take_in(project)
    for file in sorted(project.corpus.glob("guides/*"))[:5]:
        file.unlink()
    manifest = take_in(project)
    assert manifest.status == "failed"
    assert "lists 7 of the 12 items known from it: 42% are missing" in manifest.message
    assert "--allow-mass-delete" in manifest.message
    assert len(documents(project)) == ALL_OF_IT
    assert take_in(project, allow_mass_delete=True).counts == counted(deleted=5, unchanged=7)


def test_a_source_that_fails_changes_nothing_and_the_others_are_taken_in(project):
    two_sources(project)
    take_in(project)
    for file in project.corpus.glob("policies/*"):
        file.unlink()
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    manifest = take_in(project)
    assert manifest.status == "failed"
    assert "'policies' holds no documents" in manifest.message
    assert "badge.md" in documents(project, source="guides")
    assert len(documents(project, source="policies")) == 5


def test_an_empty_source_stops_the_run_and_deletes_nothing(project):
    take_in(project)
    project.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "include": ["*.docx"]}])
    manifest = take_in(project)
    assert manifest.status == "failed"
    assert "'handbook' holds no documents" in manifest.message
    assert len(documents(project)) == ALL_OF_IT


def test_a_missing_folder_is_a_configuration_error_and_nothing_is_written(project):
    project.configure(sources=[{"name": "wiki", "type": "folder", "uri": "nowhere"}])
    manifest = take_in(project)
    assert manifest.status == "bad_input"
    assert "'wiki'" in manifest.message
    assert str(project.root / "nowhere") in manifest.message
    assert project.lake.version(DOCUMENTS) is None


def test_a_sample_deletes_nothing(project):
    take_in(project)
    (project.corpus / "guides/vpn.md").unlink()
    (project.corpus / "aaa.md").write_text("# First\n\nIn the order of paths.\n")
    manifest = take_in(project, sample=1)
    assert manifest.counts == counted(new=1)
    assert "guides/vpn.md" in documents(project)


def test_a_run_of_one_source_leaves_the_others_alone(project):
    two_sources(project)
    take_in(project)
    (project.corpus / "guides/vpn.md").unlink()
    (project.corpus / "policies/travel.md").unlink()
    manifest = take_in(project, sources=["guides"])
    assert manifest.counts["deleted"] == 1
    assert "travel.md" in documents(project, source="policies")


def test_an_unknown_source_name_is_refused(project):
    manifest = take_in(project, sources=["wiki"])
    assert manifest.status == "bad_input"
    assert "No source named wiki" in manifest.message


def test_a_source_that_is_not_configured_any_more_loses_its_documents(project):
    two_sources(project)
    take_in(project)
    project.configure(sources=[{"name": "guides", "type": "folder", "uri": "corpus/guides"}])
    assert take_in(project, sources=["guides"]).status == "nothing_to_do"
    assert take_in(project).counts["deleted"] == 5
    assert documents(project, source="policies") == {}
