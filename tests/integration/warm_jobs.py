"""Importing this imports what the jobs of the line import when they run: a process that has done so is forked for each kill."""

import importlib

import __main__
from ragline.runtime.quiet import quiet_libraries

# The process that is forked has no main module of a file. PySpark takes that for a run of its doctests, and ends the process.
if not hasattr(__main__, "__file__"):
    __main__.__file__ = __file__
quiet_libraries()
for _name in (
    *("ragline.cli", "ragline.ingest.job", "ragline.gates.job", "ragline.preprocess.job", "ragline.embed.job"),
    *("ragline.index.job", "ragline.promote.job", "ragline.retrieval.bundle_writer", "ragline.retrieval.encoder"),
    *("great_expectations", "mlflow", "mlflow.pyfunc", "sentence_transformers"),
):
    importlib.import_module(_name)
