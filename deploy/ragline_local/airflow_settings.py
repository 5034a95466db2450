"""How the local Airflow is configured: by environment variables, with its home under ``.ragline/airflow``."""

import base64
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ragline
from ragline.runtime.private_files import keep_private
from ragline.runtime.quiet import quiet_libraries
from ragline_local.ports import LOOPBACK

USER = "admin"


@dataclass(frozen=True)
class Place:
    """Where things are: the project, and the folder that holds ``dags/`` and ``plugins/``."""

    root: Path
    code: Path

    @classmethod
    def of(cls, root: Path) -> "Place":
        """The project's own ``dags/``, or those beside the installed library."""
        own = (root / "dags").is_dir() and (root / "plugins").is_dir()
        return cls(root, root if own else Path(ragline.__file__).resolve().parents[2])

    @property
    def home(self) -> Path:
        """Airflow's home: database, logs, passwords."""
        return self.root / ".ragline" / "airflow"

    @property
    def database(self) -> Path:
        """Airflow's SQLite database."""
        return self.home / "airflow.db"

    @property
    def warm_jvm(self) -> Path:
        """Says how jobs reach the JVM that the stack keeps for them."""
        return self.home / "spark-jvm.json"

    @property
    def service_logs(self) -> Path:
        """Where the output of each component goes."""
        return self.home / "components"

    def task_log(self, dag_id: str, run_id: str, task_id: str, map_index: int, try_number: int) -> Path:
        """The log of a task's try, as Airflow's default file names have it."""
        run = self.home / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}"
        task = run / f"task_id={task_id}"
        return (task if map_index < 0 else task / f"map_index={map_index}") / f"attempt={try_number}.log"


def secrets(place: Place) -> dict[str, str]:
    """Keys and the password of ``admin``: made once, kept readable to the owner alone."""
    keep_private(place.root)
    file = place.home / "secrets.json"
    if not file.exists():
        place.home.mkdir(parents=True, exist_ok=True)
        made = {name: base64.urlsafe_b64encode(os.urandom(32)).decode() for name in ("fernet", "jwt", "session")}
        made["password"] = base64.urlsafe_b64encode(os.urandom(9)).decode()
        _write_private(file, made)
    kept: dict[str, str] = json.loads(file.read_text())
    _write_private(place.home / "passwords.json", {USER: kept["password"]})
    return kept


def _write_private(file: Path, content: Mapping[str, str]) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(content, stream)


def environment(place: Place, port: int, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of every Airflow component, given the API server's port."""
    quiet_libraries()
    keys = secrets(place)
    address = f"http://{LOOPBACK}:{port}"
    lineage = place.root / ".ragline" / "lineage"
    lineage.mkdir(parents=True, exist_ok=True)
    transport = {"type": "file", "log_file_path": str(lineage / "airflow"), "append": False, "debug_mode": True}
    options: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": place.code / "dags",
            "plugins_folder": place.code / "plugins",
            "executor": "LocalExecutor",
            "parallelism": max(2, os.cpu_count() or 2),
            "load_examples": False,
            "dags_are_paused_at_creation": False,
            "fernet_key": keys["fernet"],
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": place.home / "passwords.json",
            "execution_api_server_url": f"{address}/execution/",
            "hostname_callable": "socket.gethostname",
            "min_serialized_dag_update_interval": 5,
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{place.database}", "check_migrations": False},
        "api": {"host": LOOPBACK, "port": port, "base_url": address, "workers": 1, "secret_key": keys["session"]},
        "api_auth": {"jwt_secret": keys["jwt"]},
        "scheduler": {
            "scheduler_idle_sleep_time": 0.5,
            "task_instance_heartbeat_timeout": 60,
            "enable_health_check": False,
        },
        "dag_processor": {"refresh_interval": 5, "min_file_process_interval": 20, "print_stats_interval": 600},
        # Airflow gives its logs permissions of their own, whatever the umask says.
        "logging": {
            "base_log_folder": place.home / "logs",
            "file_task_handler_new_folder_permissions": "0o700",
            "file_task_handler_new_file_permissions": "0o600",
        },
        "openlineage": {"transport": json.dumps(transport), "namespace": "ragline", "execute_in_thread": True},
        "usage_data_collection": {"enabled": False},
    }
    configured = {f"AIRFLOW__{s.upper()}__{k.upper()}": str(v) for s, keyed in options.items() for k, v in keyed.items()}
    path = [str(place.code / "plugins"), os.environ.get("PYTHONPATH", "")]
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW__")},
        **configured,
        "AIRFLOW_HOME": str(place.home),
        "RAGLINE_HOME": str(place.root),
        "RAGLINE_WARM_JVM": str(place.warm_jvm),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "SCARF_ANALYTICS": "false",
        **(extra or {}),
    }
