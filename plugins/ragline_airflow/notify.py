"""Tell people that a task failed: in the log, or to a webhook."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from ragline.config.settings import Settings

log = logging.getLogger(__name__)
Callback = Callable[[Mapping[str, Any]], None]


def failure_callback(settings: Settings) -> Callback:
    """What ``airflow.notify`` asks for. ``webhook`` posts JSON to the HTTP connection ``airflow.notify_connection``."""
    pipeline, connection = settings.pipeline, settings.airflow.notify_connection

    def notify(context: Mapping[str, Any]) -> None:
        message = describe_failure(pipeline, context)
        log.error("%(text)s", message)
        if settings.airflow.notify == "webhook" and connection:
            _post(connection, message)

    return notify


def describe_failure(pipeline: str, context: Mapping[str, Any]) -> dict[str, str]:
    """The message: ``text`` for people, the rest for programs."""
    instance = context["task_instance"]
    reason = str(context.get("exception") or "no reason given")
    return {
        "text": f"Ragline: {instance.dag_id} failed at {instance.task_id}: {reason}",
        "pipeline": pipeline,
        "dag": instance.dag_id,
        "task": instance.task_id,
        "run": instance.run_id,
        "reason": reason,
    }


def _post(connection_id: str, message: Mapping[str, str]) -> None:
    import requests
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(connection_id)
    host = connection.host or ""
    address = host if "://" in host else f"{connection.schema or 'https'}://{host}"
    headers = {"Authorization": f"Bearer {connection.password}"} if connection.password else {}
    try:
        requests.post(address, json=dict(message), headers=headers, timeout=10).raise_for_status()
    except requests.RequestException as error:
        log.error("The notification could not be sent to connection %s: %s", connection_id, error)
