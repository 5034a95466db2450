"""How a line ended, and what to do next."""

from rich.text import Text

from ragline.runtime.shown_text import shown, shown_lines
from ragline.runtime.terminal import Terminal
from ragline_local.airflow_settings import Place
from ragline_local.line import LineView, TaskView
from ragline_local.logs import event, last_lines


def show_outcome(view: LineView, terminal: Terminal) -> None:
    """Say whether a release was promoted, refused, waits for a person, or nothing had to be done."""
    promotion = view.manifest("promote_release", "promote_approved") or view.manifest("promote_release", "promote")
    if promotion and promotion.message:
        terminal.print(Text(f"\n{shown(promotion.message)}", "bold"))
    elif not view.failed:
        terminal.print(Text("\nNothing changed: there was nothing to do.", "bold"))
    if question := view.question:
        terminal.print(f"A person has to decide, in Airflow under Required Actions: {question.dag_id}, run {question.run_id}.")


def show_failure(task: TaskView, place: Place, terminal: Terminal) -> None:
    """The failed task, its last lines, and where the rest is."""
    log = task.log_in(place)
    failed = f"\n{task.dag_id} failed at {shown(task.name)}."
    terminal.print(Text.assemble((failed, "red"), " Its log ends with:"))
    terminal.print("\n".join(f"  {shown_lines(event(line))}" for line in last_lines(log, 20).splitlines()))
    terminal.print(f"The whole log: {log}", soft_wrap=True)
