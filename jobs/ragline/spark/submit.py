"""The command line as a Spark application: ``spark-submit submit.py preprocess --config PIPELINE.yaml --run-id ID``.

The same arguments and exit codes as ``ragline``. Set ``PYSPARK_PYTHON`` to the Python that Ragline is installed in.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    # spark-submit puts this folder first on the path, where its modules would hide others of the same names.
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != here]

    runpy.run_module("ragline.cli", run_name="__main__")
