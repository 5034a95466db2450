"""How a line ended, and what to do next."""

from rich.console import Console
from rich.markup import escape

from ragline_local.airflow_settings import Place
from ragline_local.line import LineView, TaskView
from ragline_local.logs import event, last_lines


def show_outcome(view: LineView, console: Console) -> None:
    """Say whether a release was promoted, refused, waits for a person, or nothing had to be done."""
    promotion = view.manifest("promote_release", "promote_approved") or view.manifest("promote_release", "promote")
    if promotion and promotion.message:
        console.print(f"\n[bold]{promotion.message}[/]", highlight=False)
    elif not view.failed:
        console.print("\n[bold]Nothing changed: there was nothing to do.[/]", highlight=False)
    if question := view.question:
        console.print(f"A person has to decide, in Airflow under Required Actions: {question.dag_id}, run {question.run_id}.")


def show_failure(task: TaskView, place: Place, console: Console) -> None:
    """The failed task, its last lines, and where the rest is."""
    log = task.log_in(place)
    console.print(f"\n[red]{task.dag_id} failed at {escape(task.name)}.[/] Its log ends with:", highlight=False)
    console.print("\n".join(f"  {event(line)}" for line in last_lines(log, 20).splitlines()), highlight=False, markup=False)
    console.print(f"The whole log: {log}", highlight=False, markup=False, soft_wrap=True)
