"""One JVM, borrowed by real jobs' processes, one after the other."""

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.timeout(180)]

# Says whether the warm JVM was borrowed, what a Python worker sees of the job's environment, and how many contexts there were.
JOB = """
import os, sys, time
import pyarrow as pa
from ragline.config.spark import SparkSettings
from ragline.spark import warm_jvm
from ragline.spark.placement import is_submitted
from ragline.spark.session import spark_session

spark = spark_session("job", SparkSettings(master="local[1]", driver_memory="512m"))
def secret(batches):
    for batch in batches:
        yield pa.record_batch({"secret": [os.environ.get("JOB_SECRET", "")] * batch.num_rows})
found = spark.range(1).mapInArrow(secret, "secret string").collect()[0].secret
print(warm_jvm.is_borrowed(), is_submitted(), found, flush=True)
if len(sys.argv) > 1:
    time.sleep(600)
"""


def wait_for(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("warm") / "jvm.json"
    command = [sys.executable, "-m", "ragline.spark.warm_jvm", str(file), "--driver-memory", "512m"]
    with (file.parent / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as holder:
        wait_for(file.exists)
        yield file
        holder.send_signal(signal.SIGTERM)
        assert holder.wait(30) == 0
    assert not file.exists()


def job(address, *arguments, **environment):
    env = {**os.environ, "RAGLINE_WARM_JVM": str(address), **environment}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(JOB), *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_by(process):
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors[-3000:]
    return out.split()


def test_jobs_borrow_it_one_after_the_other_each_with_its_own_environment(address):
    assert stat.S_IMODE(address.stat().st_mode) == 0o600
    assert said_by(job(address, JOB_SECRET="first")) == ["True", "False", "first"]
    assert said_by(job(address, JOB_SECRET="second")) == ["True", "False", "second"]


def test_while_one_has_it_another_starts_its_own_and_what_a_killed_one_leaves_is_stopped(address):
    with job(address, "stay", JOB_SECRET="long") as holding:
        assert holding.stdout.readline().split() == ["True", "False", "long"]
        assert said_by(job(address, JOB_SECRET="other")) == ["False", "False", "other"]
        holding.kill()
        holding.communicate()
    assert said_by(job(address, JOB_SECRET="next")) == ["True", "False", "next"]


def test_a_jvm_that_is_gone_or_of_another_size_is_not_used(address, tmp_path):
    described = json.loads(address.read_text())
    for change in ({"port": 1}, {"secret": "wrong"}, {"driver_memory": "2g"}, {"python": "/elsewhere"}):
        other = Path(tmp_path / "other.json")
        other.write_text(json.dumps({**described, **change}))
        assert said_by(job(other, JOB_SECRET="own")) == ["False", "False", "own"]
