"""Load DAG files as Airflow does, in a process that has nothing else loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.places import REPOSITORY

DAGS = REPOSITORY / "dags"
FILES = sorted(DAGS.glob("*.py"))

_PROBE = """
import importlib.util, json, os, sys, time, traceback
import airflow.sdk
from airflow.sdk import DAG, Asset, AssetAny, CronTriggerTimetable, Param
from airflow.sdk.definitions._internal.contextmanager import DagContext

FORBIDDEN, opened = ("subprocess.Popen", "socket.connect"), []

def probe(file):
    sys.addaudithook(lambda event, args: opened.append([event, str(args[0])]) if event in FORBIDDEN else None)
    spec = importlib.util.spec_from_file_location("dag_file", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["dag_file"], DagContext.current_autoregister_module_name = module, "dag_file"
    start, error = time.process_time(), ""
    try:
        spec.loader.exec_module(module)
    except Exception as failure:
        error = f"{type(failure).__name__}: {failure}"
    seconds = time.process_time() - start
    dags = [describe(dag) for dag, _ in DagContext.autoregistered_dags]
    return {"seconds": seconds, "error": error, "dags": dags, "work": opened, "modules": sorted(sys.modules)}

def describe(dag):
    return {
        "dag_id": dag.dag_id, "tags": sorted(dag.tags), "doc": dag.doc_md, "max_active_runs": dag.max_active_runs,
        "starts_on": assets_of(dag.timetable), "catchup": dag.catchup,
        "params": {name: dag.params.get_param(name).description for name in dag.params},
        "tasks": [
            {"task_id": t.task_id, "owner": t.owner, "retries": t.retries, "pool": t.pool, "rule": str(t.trigger_rule.value),
             "upstream": sorted(t.upstream_task_ids), "outlets": [o.uri for o in t.outlets],
             "notifies": bool(t.on_failure_callback), "options": sorted(options_of(t)),
             "hours": t.execution_timeout and t.execution_timeout.total_seconds() / 3600}
            for t in dag.tasks
        ],
    }

def options_of(task):
    mapped = getattr(task, "partial_kwargs", {})
    return getattr(task, "options", None) or mapped.get("options") or {}

def assets_of(timetable):
    condition = getattr(timetable, "asset_condition", None)
    return sorted(asset.uri for asset in getattr(condition, "objects", [condition] if condition else []))

for file in sys.argv[1:]:
    sys.stdout.flush()
    if os.fork() == 0:
        try:
            print(json.dumps(probe(file)), flush=True)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.wait()
"""


def probe(root: Path, *files: Path) -> list[dict[str, Any]]:
    """What importing each file for the project at ``root`` gives: CPU seconds, error, DAGs, processes and connections, modules.

    Each is imported in a fork of one process that has loaded ``airflow.sdk`` and nothing else.
    """
    env = {
        **os.environ,
        "RAGLINE_HOME": str(root),
        "PYTHONPATH": f"{REPOSITORY / 'jobs'}{os.pathsep}{REPOSITORY / 'plugins'}",
    }
    command = [sys.executable, "-c", _PROBE, *map(str, files)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"seconds"')]
