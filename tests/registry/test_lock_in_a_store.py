"""The lock of a pipeline whose lake is in an object store."""

from functools import partial
from pathlib import Path

import boto3
import pytest

from ragline.config.loader import load_settings
from ragline.registry.lock import registry_lock
from tests.integration.object_store import BUCKET, object_store
from tests.project import Project
from tests.together import together

LAKE = f"s3://{BUCKET}/lake"


def add_one(config: Path, environment: dict[str, str]) -> None:
    """Read a number out of the store and write the next one: lost if two do it at once."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"], **keys)
        with registry_lock(load_settings(config, [f"lake.uri={LAKE}"])) as lock:
            lock.check()
            number = int(client.get_object(Bucket=BUCKET, Key="counter")["Body"].read())
            client.put_object(Bucket=BUCKET, Key="counter", Body=str(number + 1).encode())


def test_two_processes_hold_the_lock_one_after_the_other(project: Project) -> None:
    with object_store() as (environment, client):
        client.put_object(Bucket=BUCKET, Key="counter", Body=b"0")
        work = partial(add_one, project.config, environment)

        assert together(work, work) == [None, None]

        assert client.get_object(Bucket=BUCKET, Key="counter")["Body"].read() == b"2"
