"""A parser process that does what its document says, as one does that a document has taken over."""

import os

import pytest

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.sandbox.parser_process import ParserProcess

# Stands where docutils would be: what a hostile document makes a parser do is done on command.
EVIL = """
import ctypes, os, subprocess, sys, time
from ragline.ingest.extract.parse.parsed import Parsed

def parse(content, charset=None):
    exec(content.decode())
    return Parsed("", "survived")
"""


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A parser process whose reST parser executes the document."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, types\nmodule = types.ModuleType('ragline.ingest.extract.parse.rest')\n"
        f"exec({EVIL!r}, module.__dict__)\nsys.modules['ragline.ingest.extract.parse.rest'] = module\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    with ParserProcess(ParseLimits(seconds=3, memory_mb=256, text_mb=1)) as process:
        yield process
