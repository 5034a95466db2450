import io

from rich.console import Console

from ragline.local.display import show_progress
from ragline.local.line import LineView, TaskView


def test_a_mapped_task_is_shown_with_what_it_was_mapped_to():
    task = TaskView("packages.ingest_corpus", "run", "stage", 0, "site", "success", 1, None, None)
    shown = io.StringIO()
    show_progress([LineView([], [task], settled=True)], Console(file=shown))
    assert "packages.ingest_corpus  stage [site]: success" in shown.getvalue()
