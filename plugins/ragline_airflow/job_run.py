"""One try of one task as a Ragline job: its run id, its environment, and what its manifest means to Airflow."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from ragline.config.settings import Settings
from ragline.contracts.asset_events import event_extra
from ragline.contracts.names import task_run_id
from ragline.contracts.run_manifest import RunManifest, Status, run_manifest_uri
from ragline.errors import EXIT_BAD_INPUT, EXIT_DONE, EXIT_GATE_FAILED, EXIT_NOTHING_TO_DO, LakeError
from ragline.runtime.child_environment import without_secrets_of_airflow
from ragline_airflow.assets import NEWEST_RUN, asset

log = logging.getLogger(__name__)

MANIFEST_XCOM = "run_manifest"
_EXIT_CODE: dict[Status, int] = {
    "done": EXIT_DONE,
    "nothing_to_do": EXIT_NOTHING_TO_DO,
    "gate_failed": EXIT_GATE_FAILED,
    "bad_input": EXIT_BAD_INPUT,
}


@dataclass(frozen=True)
class JobRun:
    """The job behind a task try. ``words`` are its command: ``("gate", "documents")``; ``job`` names its manifests."""

    settings: Settings
    words: tuple[str, ...]
    job: str
    run_id: str

    @classmethod
    def of(cls, settings: Settings, words: tuple[str, ...], context: Mapping[str, Any]) -> "JobRun":
        """The run for the task try that ``context`` describes."""
        ti = context["ti"]
        job = words[-1] if words == ("feedback", "pairs") else words[0]
        return cls(settings, words, job, task_run_id(ti.run_id, ti.task_id, ti.map_index, ti.try_number))

    @property
    def manifest_uri(self) -> str:
        """Where the job leaves its manifest."""
        return run_manifest_uri(self.settings.lake.uri, self.job, self.run_id)

    def argv(self, options: list[str]) -> list[str]:
        """The job's arguments after the program."""
        return [*self.words, "--config", str(self.settings.file), "--run-id", self.run_id, *options]

    def environment(self, context: Mapping[str, Any]) -> dict[str, str]:
        """This process's environment without Airflow's secrets, the parents of the job's lineage, and what it was granted."""
        from airflow.providers.openlineage.plugins.macros import lineage_parent_id, lineage_root_parent_id

        secrets = {name: read_secret(where) for name, where in self.settings.airflow.secrets.items()}
        own = {"RAGLINE_HOME": str(self.settings.root), "PYTHONUNBUFFERED": "1"}
        ti = context["ti"]
        above = {"OPENLINEAGE_PARENT_ID": lineage_parent_id(ti), "OPENLINEAGE_ROOT_PARENT_ID": lineage_root_parent_id(ti)}
        return {**without_secrets_of_airflow(os.environ), **own, **above, **secrets}

    def manifest(self) -> RunManifest | None:
        """What the job left, or None if it ended before it could."""
        from ragline.lake.run_manifests import load_run_manifest

        try:
            return load_run_manifest(self.manifest_uri)
        except LakeError as error:
            raise AirflowException(str(error)) from error

    def finish(self, exit_code: int, context: Mapping[str, Any], publishes: str | None) -> dict[str, Any]:
        """Turn the job's end into the task's: its XCom value, or the exception that the exit code stands for."""
        manifest = self.manifest()
        if manifest is not None and exit_code != EXIT_DONE:
            exit_code = _EXIT_CODE.get(manifest.status, exit_code)
        message = manifest.message if manifest and manifest.message else f"exit code {exit_code}; the lines above say why"
        raise_for(exit_code, f"{' '.join(self.words)}: {message}")
        if manifest is None:
            raise AirflowException(f"{' '.join(self.words)} left no run manifest at {self.manifest_uri}.")
        if publishes:
            published = asset(self.settings.pipeline, publishes)
            context["outlet_events"][published].extra.update(event_extra(publishes, manifest, self.manifest_uri))
            context["asset_state_store"][published].set(NEWEST_RUN, self.manifest_uri)
        return summary(manifest, self.manifest_uri)


def raise_for(exit_code: int, message: str) -> None:
    """3 skips the task; 2 and 4 fail it for good; anything else but 0 may be tried again."""
    if exit_code == EXIT_NOTHING_TO_DO:
        raise AirflowSkipException(message)
    if exit_code in (EXIT_BAD_INPUT, EXIT_GATE_FAILED):
        raise AirflowFailException(message)
    if exit_code != EXIT_DONE:
        raise AirflowException(message)


def summary(manifest: RunManifest, uri: str) -> dict[str, Any]:
    """What goes through XCom: where the manifest is, versions and counts; never data."""
    return {
        MANIFEST_XCOM: uri,
        "message": manifest.message,
        "inputs": {use.name: use.version for use in manifest.inputs},
        "outputs": {use.name: use.version for use in manifest.outputs},
        "counts": manifest.counts,
        "facts": {key: value for key, value in manifest.facts.items() if isinstance(value, str | int | float | bool)},
    }


def read_secret(where: str) -> str:
    """A secret named ``connection.field``: the field is login, password, host, or a key of the connection's extra."""
    connection_id, _, field = where.partition(".")
    connection = BaseHook.get_connection(connection_id)
    value = getattr(connection, field) if field in ("login", "password", "host") else connection.extra_dejson.get(field)
    if not value:
        raise AirflowFailException(f"Connection {connection_id!r} has no {field!r}, which airflow.secrets asks for.")
    return str(value)
