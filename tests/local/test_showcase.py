import io

from ragline.contracts.run_manifest import RunManifest
from ragline.retrieval.hit import Hit
from ragline.runtime.terminal import Terminal
from ragline_local import showcase
from ragline_local.line import LineView, TaskView
from ragline_local.report import show_outcome

HOSTILE = "[/]x[bold]y[/nope]\x1b[2J\n"


class _Searcher:
    chunks = {"title": type("Column", (), {"to_pylist": staticmethod(lambda: [HOSTILE, None, "t" * 50_000])})}

    def search(self, questions, k):
        assert all(len(question) <= 20_000 for question in questions)
        return [
            [Hit(1, 1.0, HOSTILE, "c", "d", "s", HOSTILE, HOSTILE, "", (0, 1), (), None, "", (), "1", "r")] for _ in questions
        ]


def test_titles_with_markup_and_escapes_are_shown_as_they_are(monkeypatch, project):
    monkeypatch.setattr(showcase, "open_searcher", lambda settings: _Searcher())
    screen = io.StringIO()
    showcase.show_searches(project.settings(), Terminal(file=screen, width=400))
    assert screen.getvalue().count(r"[/]x[bold]y[/nope]\x1b[2J") == 5
    assert "\x1b" not in screen.getvalue()


def test_an_outcome_with_markup_is_shown_as_it_is():
    manifest = RunManifest(run_id="1", job="promote", pipeline="p", started_at="", message=HOSTILE)
    task = TaskView("p.promote_release", "r", "promote", -1, "", "success", 1, None, None, manifest)
    screen = io.StringIO()
    show_outcome(LineView([], [task], settled=True), Terminal(file=screen))
    assert screen.getvalue().strip() == r"[/]x[bold]y[/nope]\x1b[2J"
