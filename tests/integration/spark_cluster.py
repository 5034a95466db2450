"""A standalone Spark cluster on this machine: a master and workers, started from the pip-installed PySpark."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragline_local.ports import choose_port

_SECONDS = 60.0


def cluster_settings(master: str, executor_memory: str = "512m") -> list[str]:
    """What a pipeline has to say to run its Spark jobs there, as ``--set`` takes it."""
    return [
        f"spark.master={master}",
        "spark.conf={spark.driver.host: 127.0.0.1, spark.driver.bindAddress: 127.0.0.1, "
        f"spark.executor.memory: {executor_memory}, spark.cores.max: '2'}}",
    ]


@contextmanager
def spark_cluster(folder: Path, workers: int = 2) -> Iterator[str]:
    """Start a master and workers of one core each; the master's URL. All of them end with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    port, page = choose_port(None, "Spark"), choose_port(None, "Spark")
    master = f"spark://127.0.0.1:{port}"
    started = [_start(folder, "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page))]
    try:
        for number in range(workers):
            options = ("--cores", "1", "--memory", "700m", "--host", "127.0.0.1", "--webui-port", str(choose_port(None, "Spark")))
            work = ("--work-dir", str(folder / f"worker{number}"))
            started.append(_start(folder, "worker.Worker", *options, *work, master))
        _wait_for(page, workers, folder)
        yield master
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(30)


def _start(folder: Path, kind: str, *arguments: str) -> "subprocess.Popen[bytes]":
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *arguments]
    with (folder / f"{kind.partition('.')[0]}.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)


def _wait_for(page: int, workers: int, folder: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/json/", timeout=2) as answer:
                if answer.read().count(b'"ALIVE"') >= workers + 1:
                    return
        except OSError:
            pass  # it is still starting
        time.sleep(0.2)
    raise RuntimeError(f"The cluster did not start: {(folder / 'master.log').read_text()[-2000:]}")
