import pytest

from ragline.config.loader import load_settings
from ragline.errors import ConfigError


def test_later_layers_win(project, monkeypatch):
    project.configure(preprocess={"chunk": {"max_tokens": 50}}, index={"fusion": {"rrf_k": 10}})
    assert project.settings().preprocess.chunk.max_tokens == 50
    monkeypatch.setenv("RAGLINE__PREPROCESS__CHUNK__MAX_TOKENS", "70")
    assert project.settings().preprocess.chunk.max_tokens == 70
    assert project.settings("preprocess.chunk.max_tokens=90").preprocess.chunk.max_tokens == 90
    assert project.settings().index.fusion.rrf_k == 10


def test_paths_start_at_the_project_whatever_the_working_directory(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = project.settings()
    assert settings.lake.uri == str(project.root / ".ragline/handbook/lake")
    assert settings.tracking.uri == f"sqlite:///{project.root}/.ragline/mlflow.db"
    assert settings.gates.suites == str(project.root / "expectations")


def test_the_only_pipeline_is_the_default_one(project, monkeypatch):
    monkeypatch.chdir(project.corpus)
    assert load_settings().pipeline == "handbook"


def test_of_several_pipelines_one_must_be_named(project, monkeypatch):
    (project.config.parent / "tickets.yaml").write_text(project.config.read_text().replace("handbook", "tickets"))
    monkeypatch.chdir(project.root)
    with pytest.raises(ConfigError, match="2 pipelines \\(handbook, tickets\\)"):
        load_settings()
    monkeypatch.setenv("RAGLINE_CONFIG", "tickets")
    assert load_settings().pipeline == "tickets"


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("chunker.size=3", "unknown key 'chunker'"),
        ("preprocess.chunk.max_token=300", "unknown key 'preprocess.chunk.max_token'"),
        ("preprocess.chunk.max_tokens=many", "'preprocess.chunk.max_tokens' is 'many'"),
        ("promotion.mode=perhaps", "'auto' or 'manual'"),
        ("sources=[]", "at least 1 item"),
        ("sources.7.uri=x", "positions 0 to 0"),
        ("lake.uri", "needs key=value"),
        ("pipeline=Hand Book", "'pipeline' is 'Hand Book'"),
    ],
)
def test_a_bad_override_is_explained(project, override, words):
    with pytest.raises(ConfigError, match=words):
        project.settings(override)


def test_broken_yaml_and_missing_files_are_named(project, tmp_path):
    project.config.write_text("sources: [")
    with pytest.raises(ConfigError, match="handbook.yaml is not valid YAML"):
        project.settings()
    with pytest.raises(ConfigError, match="nowhere.yaml"):
        load_settings(tmp_path / "nowhere.yaml")


def test_two_sources_of_one_name_are_refused(project):
    source = {"name": "same", "type": "folder", "uri": "corpus"}
    project.configure(sources=[source, source])
    with pytest.raises(ConfigError, match="used more than once: same"):
        project.settings()


def test_a_section_under_its_old_name_still_counts_and_is_said(project, caplog):
    project.configure(quality={"compare_with": "nothing"})
    assert project.settings().gates.compare_with == "nothing"
    assert "'quality' is called 'gates' now" in caplog.text
    assert project.settings("gates.compare_with=published").gates.compare_with == "published"
