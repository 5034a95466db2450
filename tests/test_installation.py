"""What a fresh environment must look like."""

import subprocess
import sys
from importlib.metadata import distributions, version

import pytest

HEAVY = ("torch", "pyspark", "faiss", "mlflow", "great_expectations", "sentence_transformers", "tantivy", "pandas", "deltalake")
COMMANDS = (
    ["ingest"],
    ["preprocess"],
    ["gate"],
    ["embed"],
    ["index"],
    ["evaluate"],
    ["promote"],
    ["rollback"],
    ["releases"],
    ["search"],
    ["feedback"],
    ["feedback", "collect"],
    ["feedback", "pairs"],
    ["finetune"],
    ["maintain"],
    ["status"],
    ["lineage"],
)


def test_pyspark_client_is_kept_out():
    """It writes into pyspark's own folder; the Spark provider asks for it."""
    assert "pyspark-client" not in {dist.metadata["Name"].lower() for dist in distributions()}
    assert version("pyspark") == "4.3.0"


def test_pandas_stays_below_3():
    assert int(version("pandas").split(".")[0]) < 3


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_answers_without_importing_anything_heavy(command):
    probe = (
        "import sys; from ragline.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit as end: code = end.code\n"
        f"print('HEAVY', sorted(set(sys.modules) & set({HEAVY!r})), code)"
    )
    result = subprocess.run([sys.executable, "-c", probe, *command, "--help"], capture_output=True, text=True, timeout=60)
    assert "HEAVY [] 0" in result.stdout, result.stdout + result.stderr
    assert "Usage:" in result.stdout
