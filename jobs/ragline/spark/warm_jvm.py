"""A JVM that outlives the jobs that use it, so that each of them finds Spark's code loaded and compiled.

``python -m ragline.spark.warm_jvm FILE`` holds one and says in ``FILE`` (readable to its owner alone) how it is reached: a
port of the loopback interface and a secret. A job whose environment names that file in ``RAGLINE_WARM_JVM`` borrows the JVM,
makes a Spark context of its own in it, and stops that at its end. One job has it at a time; any other starts a JVM of its own,
as all do where there is none. What a killed job leaves running in it is stopped within seconds.
"""

import argparse
import atexit
import fcntl
import json
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway

from ragline.config.spark import SparkSettings
from ragline.spark.class_archive import use_archive
from ragline.spark.jvm_options import SERIAL_JVM

if TYPE_CHECKING:
    from py4j.java_gateway import JavaGateway
    from pyspark.sql import SparkSession

log = logging.getLogger(__name__)

VARIABLE = "RAGLINE_WARM_JVM"
_LOOK_EVERY_SECONDS = 5.0
_GATEWAY_PORT, _GATEWAY_SECRET = "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET"
# What decides which libraries a worker finds is the JVM's own, and says nothing of the job.
_NOT_FOR_WORKERS = {VARIABLE, "PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"}
# An open file description holds the lock until the process ends, however it ends.
_borrowed: list[Any] = []


def borrow(settings: SparkSettings) -> bool:
    """Connect this process to the warm JVM, if there is one, nobody has it, and it is as these settings want it."""
    name = os.environ.get(VARIABLE)
    if not name or not settings.master.startswith("local"):
        return False
    lock = _locked(Path(name))
    if lock is None:
        return False
    try:
        described = json.loads(Path(name).read_text(encoding="utf-8"))
        if described["driver_memory"] != settings.driver_memory or described["python"] != sys.prefix:
            lock.close()
            return False
        SparkContext._ensure_initialized(gateway=_connected(described))
        stop_context(SparkContext._gateway)
    except Exception as error:  # py4j raises anything where a JVM has gone: a job then starts its own
        log.info("The warm JVM cannot be used, a new one is started: %s", error)
        SparkContext._gateway = SparkContext._jvm = None
        lock.close()
        return False
    _borrowed.append(lock)
    return True


def is_borrowed() -> bool:
    """Whether this process has the warm JVM."""
    return bool(_borrowed)


def hand_on(session: "SparkSession") -> None:
    """Give the workers of a borrowed JVM the environment of this job, and stop the session when the job ends."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_WORKERS}
    session.sparkContext.environment.update(kept)
    atexit.register(session.stop)


def stop_context(gateway: "JavaGateway") -> None:
    """Stop the Spark context that is active in a JVM, if one is."""
    companion = getattr(gateway.jvm.org.apache.spark, "SparkContext$")
    active = getattr(companion, "MODULE$").getActive()
    if active.isDefined():
        log.info("Stopping what a job left behind in the warm JVM.")
        active.get().stop()


def _locked(file: Path) -> Any:
    """The open lock of a JVM, held by this process; None if another has it or there is no such JVM."""
    if not file.is_file():
        return None
    lock = file.with_suffix(".lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _connected(described: dict[str, Any]) -> "JavaGateway":
    """A connection to the JVM. PySpark takes its address from the environment, where it must not stay: programs that this
    process starts would take it for theirs, and this one for one that spark-submit started."""
    os.environ[_GATEWAY_PORT], os.environ[_GATEWAY_SECRET] = str(described["port"]), described["secret"]
    try:
        return launch_gateway()
    finally:
        del os.environ[_GATEWAY_PORT], os.environ[_GATEWAY_SECRET]


def hold(file: Path, driver_memory: str) -> None:
    """Keep a JVM until told to stop, and its address published. One that ends, for want of memory say, is started anew."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    options = f"{SERIAL_JVM} -XX:+ExitOnOutOfMemoryError {use_archive()}"
    conf = SparkConf(loadDefaults=False).set("spark.driver.memory", driver_memory).set("spark.driver.extraJavaOptions", options)
    while not over.is_set():
        try:
            _hold_one(file, driver_memory, launch_gateway(conf), over)
        except Exception:  # whatever py4j raises when a JVM goes: jobs start their own meanwhile
            log.exception("The warm JVM ended.")
            over.wait(_LOOK_EVERY_SECONDS)


def _hold_one(file: Path, driver_memory: str, gateway: "JavaGateway", over: threading.Event) -> None:
    _publish(file, gateway, driver_memory)
    try:
        while not over.wait(_LOOK_EVERY_SECONDS) and gateway.proc.poll() is None:
            _stop_what_is_nobodys(file, gateway)
    finally:
        with suppress(FileNotFoundError):
            file.unlink()
        gateway.proc.stdin.close()
        gateway.proc.wait()


def _publish(file: Path, gateway: "JavaGateway", driver_memory: str) -> None:
    reached = gateway.java_parameters
    described = {"port": reached.port, "secret": reached.auth_token, "driver_memory": driver_memory, "python": sys.prefix}
    draft = file.with_suffix(".tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(described, stream)
    draft.replace(file)


def _stop_what_is_nobodys(file: Path, gateway: "JavaGateway") -> None:
    """A job that was killed cannot stop its tasks any more."""
    if (lock := _locked(file)) is not None:
        with lock:
            stop_context(gateway)


def main() -> None:
    """Entry point of the process that holds the JVM."""
    parser = argparse.ArgumentParser(description="Hold a JVM that jobs borrow, one at a time.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--driver-memory", default=SparkSettings().driver_memory)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    hold(options.file, options.driver_memory)


if __name__ == "__main__":
    main()
