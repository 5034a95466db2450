"""The lake on an object store, end to end through Spark."""

import os
import subprocess
import sys

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.conftest import Project
from tests.integration.line import STEPS

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]


@pytest.fixture
def bucket():
    """An S3 API on this machine with one bucket; the environment that programs reach it with."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket="company")
    yield environment, client
    server.stop()


def test_the_whole_line_runs_on_an_object_store(tmp_path, bucket):
    environment, client = bucket
    project = Project(tmp_path / "project")
    for file in sorted(project.corpus.rglob("*")):
        if file.is_file():
            client.put_object(Bucket="company", Key=f"docs/{file.relative_to(project.corpus)}", Body=file.read_bytes())
    for number in range(70):  # more than are taken in without Spark
        client.put_object(Bucket="company", Key=f"docs/note{number}.md", Body=f"# Note {number}\n\nNothing.\n".encode())
    project.configure(
        sources=[{"name": "handbook", "type": "folder", "uri": "s3://company/docs"}],
        lake={"uri": "s3://company/lake"},
        promotion={"on_unmeasured": "promote"},
    )
    for _, command, _ in STEPS:
        run(project, command, environment)
    assert "guides/vpn.md" in run(project, "search tunnel", environment).stdout

    client.delete_object(Bucket="company", Key="docs/guides/vpn.md")
    client.put_object(Bucket="company", Key="docs/guides/badge.md", Body=b"# Badges\n\nAsk at the desk for a badge.\n")
    assert "1 new, 0 changed, 0 moved, 1 deleted" in run(project, "ingest", environment).stderr
    run(project, "gate documents", environment)
    assert "guides/vpn.md" not in run(project, "search tunnel", environment).stdout


def run(project: Project, command: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a command of the line as a person would."""
    done = subprocess.run(
        [sys.executable, "-m", "ragline.cli", *command.split(), "--config", str(project.config)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stderr[-3000:]}"
    return done
