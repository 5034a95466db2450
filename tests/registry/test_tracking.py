import subprocess
import sys

from tests.places import REPOSITORY


def test_mlflow_does_not_report_its_use_whichever_module_imports_it_first() -> None:
    code = (
        "import ragline.registry.pyfunc_model; from mlflow.telemetry import get_telemetry_client; print(get_telemetry_client())"
    )

    # Without the variables of the tests and of CI, which switch the reports off as well.
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY / "jobs", env={}, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "None"
