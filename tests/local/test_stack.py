"""What a stack does about runs that it finds when it starts."""

from datetime import UTC, datetime

from ragline_local.stack import Stack, mlflow_command, mlflow_environment

BEGUN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Rest:
    """Knows the tasks that are active, and remembers which runs were failed."""

    def __init__(self, tasks):
        self.tasks = tasks
        self.failed = set()

    def task_instances(self, prefix, states):
        return self.tasks

    def fail_run(self, dag, run):
        self.failed.add(run)


def task(run, queued_when, start_date=None):
    return {"dag_id": "a.ingest_corpus", "dag_run_id": run, "queued_when": queued_when, "start_date": start_date}


def test_what_was_active_before_it_began_is_ended_and_a_schedule_that_came_due_since_is_not(tmp_path):
    stack = Stack(tmp_path)
    stack.rest = Rest(
        [
            task("killed", "2026-03-01T11:59:00Z", "2026-03-01T11:59:02Z"),
            task("never queued", None, "2026-03-01T10:00:00Z"),
            task("due", "2026-03-01T12:00:05.123456Z"),
        ]
    )
    stack._fail_abandoned_runs(BEGUN)
    assert stack.rest.failed == {"killed", "never queued"}


def test_the_password_of_mlflows_database_is_in_no_argument() -> None:
    uri = "postgresql://ragline:s3cr3t@db/mlflow"

    assert "s3cr3t" not in " ".join(mlflow_command(5000))
    assert mlflow_environment({}, uri)["MLFLOW_BACKEND_STORE_URI"] == uri
