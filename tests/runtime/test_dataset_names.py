import pytest

from ragline.runtime.dataset_names import DatasetName, dataset_name


@pytest.mark.parametrize(
    ("place", "name", "namespace", "named"),
    [
        ("/srv/lake", "documents", "file", "/srv/lake/documents"),
        ("file:///srv/lake", "documents", "file", "/srv/lake/documents"),
        ("s3://bucket", "documents", "s3://bucket", "documents"),
        ("s3://bucket/a/lake/", "documents", "s3://bucket", "a/lake/documents"),
        ("s3a://AKIA:s3cr3t@bucket/lake", "documents", "s3://bucket", "lake/documents"),
        ("s3://bucket", "", "s3://bucket", "/"),
        ("gcs://bucket/lake", "documents", "gs://bucket", "lake/documents"),
        ("abfss://c@a.dfs.core.windows.net/lake", "chunks", "abfss://c@a.dfs.core.windows.net", "lake/chunks"),
        ("postgresql+psycopg2://me:s3cr3t@db/mlflow", "h.retriever", "postgres://db:5432", "mlflow.h.retriever"),
        ("postgresql://db.example:5433", "wiki.public.pages", "postgres://db.example:5433", "wiki.public.pages"),
        ("mysql+pymysql://me:a/b@db:3307/mlflow?x=1", "h.retriever", "mysql://db:3307", "mlflow.h.retriever"),
        ("sqlite:////srv/mlflow.db", "h.retriever", "file", "/srv/mlflow.db/h.retriever"),
        ("https://ci:s3cr3t@mlflow.example:5000/a", "h.retriever", "https://mlflow.example:5000", "a/h.retriever"),
        ("git", "https://s3cr3t@git.example/a.git@main", "git", "https://***@git.example/a.git@main"),
    ],
)
def test_a_dataset_is_named_as_openlineage_says_and_without_credentials(
    place: str, name: str, namespace: str, named: str
) -> None:
    assert dataset_name(place, name) == DatasetName(namespace, named)


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("file", "/srv/lake/documents"),
        ("s3://bucket", "a/lake/documents"),
        ("postgres://db:5432", "mlflow.h.retriever"),
        ("https://mlflow.example:5000", "a/h.retriever"),
        ("git", "https://git.example/a.git@main"),
        ("python", "/usr"),
        ("lake", "documents"),
    ],
)
def test_a_name_that_is_one_already_stays(namespace: str, name: str) -> None:
    assert dataset_name(namespace, name) == DatasetName(namespace, name)
