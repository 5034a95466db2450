import io

from ragline.contracts.run_manifest import RunManifest
from ragline.runtime.terminal import Terminal
from ragline_local.display import show_progress
from ragline_local.line import LineView, TaskView


def test_a_mapped_task_is_shown_with_what_it_was_mapped_to():
    task = TaskView("packages.ingest_corpus", "run", "stage", 0, "site", "success", 1, None, None)
    shown = io.StringIO()
    show_progress([LineView([], [task], settled=True)], Terminal(file=shown))
    assert "packages.ingest_corpus  stage [site]: success" in shown.getvalue()


def preprocessed(settled):
    counts = {"documents": 275, "chunks": 7225, "personal_data_ip": 13, "personal_data_email": 78, "duplicates": 0}
    made = RunManifest(run_id="1", job="preprocess", pipeline="packages", counts=counts, started_at="")
    task = TaskView("packages.preprocess_corpus", "run", "preprocess", -1, "", "success", 1, None, None, made)
    return LineView([], [task], settled)


def shown_on_terminal(view, width):
    screen = io.StringIO()
    console = Terminal(file=screen, width=width, force_terminal=True, color_system=None)
    show_progress([view], console)
    return [line.rstrip() for line in screen.getvalue().splitlines() if line.strip()]


def test_kinds_of_personal_data_are_counted_together():
    assert "275 documents, 7,225 chunks, 91 personal data" in "\n".join(shown_on_terminal(preprocessed(settled=True), 140))


def test_a_task_at_work_has_one_row_and_a_line_that_is_done_tells_all():
    row = next(line for line in shown_on_terminal(preprocessed(settled=False), 80) if "preprocess_corpus" in line)
    assert row.endswith("…")
    told = " ".join(" ".join(shown_on_terminal(preprocessed(settled=True), 80)).split())
    assert "personal data" in told and "…" not in told


def test_without_a_terminal_a_long_task_says_every_half_minute_how_far_it_is(monkeypatch):
    moments = iter((0, 0, 10, 29, 31, 59, 62, 70))
    monkeypatch.setattr("ragline_local.display.monotonic", lambda: next(moments))
    states = ("running", "running", "running", "running", "running", "running", "success")
    tasks = [TaskView("packages.build_release", "run", "embed", -1, "", state, 1, None, None) for state in states]
    shown = io.StringIO()
    views = [LineView([], [task], settled=False) for task in tasks]
    show_progress(views, Terminal(file=shown), lambda task: "embedding: 30 of 60 (1.0/s, 30 s left)")
    assert shown.getvalue().splitlines() == [
        "   0.0 s  packages.build_release  embed: running",
        "  31.0 s  packages.build_release  embed: running  embedding: 30 of 60 (1.0/s, 30 s left)",
        "  62.0 s  packages.build_release  embed: running  embedding: 30 of 60 (1.0/s, 30 s left)",
        "  70.0 s  packages.build_release  embed: success",
    ]
