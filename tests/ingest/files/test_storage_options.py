import pytest

from ragline.ingest.sources.folder import FolderOptions


def test_secrets_do_not_belong_into_storage_options():
    for options in ({"secret": "x"}, {"client_kwargs": {"aws_secret_access_key": "x"}}, {"account_key": "x"}):
        with pytest.raises(ValueError, match="secrets come from the environment"):
            FolderOptions(uri="s3://b/x", storage_options=options)
    assert FolderOptions(uri="s3://b/x", storage_options={"endpoint_url": "http://minio:9000"}).storage_options
