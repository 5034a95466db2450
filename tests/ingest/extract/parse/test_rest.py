from ragline.ingest.extract.parse.media_types import parse
from tests.ingest.extract.extracted import only
from tests.ingest.extract.parse.parsed import text_of


def test_a_pep_says_its_authors_and_the_day_it_was_created():
    pep = "PEP: 8\nTitle: Style\nAuthor: A. Roe <a@x.example>,\n  B. Doe\nCreated: 05-Jul-2001\n\nWords\n=====\n\nMore.\n"
    parsed = only(pep, "pep.rst").parsed
    assert parsed.metadata == {"authors": ["A. Roe <a@x.example>", "B. Doe"], "created": "2001-07-05T00:00:00"}


def test_restructuredtext_becomes_markdown():
    rest = """
Deploying
=========

Every *merge* builds ``an image``; see `the guide <https://x.example>`_.

Steps
-----

#. Wait::

     sleep 5

#. Look

=====  =====
Stage  Hours
=====  =====
test   1
live   24
=====  =====

:Owner: the platform team

.. code-block:: python

   print("hi")

.. note:: Mind the gap.

.. image:: https://ci.example/badge.svg
   :target: https://ci.example
"""
    parsed = parse(rest.encode(), "text/x-rst")
    assert parsed.title == "Deploying"
    assert parsed.text == (
        "# Deploying\n\n"
        "Every *merge* builds `an image`; see [the guide](https://x.example).\n\n"
        "## Steps\n\n"
        "1. Wait:\n\n   ```\n   sleep 5\n   ```\n2. Look\n\n"
        "| Stage | Hours |\n| --- | --- |\n| test | 1 |\n| live | 24 |\n\n"
        "- **Owner**: the platform team\n\n"
        '```python\nprint("hi")\n```\n\n'
        "Note\n\nMind the gap.\n"
    )


def test_directives_and_roles_of_other_tools_keep_their_words():
    rest = (
        "Use :func:`~json.loads` or :doc:`the guide <guide>`.\n\n.. versionadded:: 3.1\n   Faster now.\n\n"
        ".. toctree::\n   :maxdepth: 2\n\n   one\n"
    )
    assert text_of(rest, "text/x-rst") == "Use `json.loads` or the guide.\n\n3.1 Faster now.\n"


def test_restructuredtext_reads_no_other_file_and_prints_nothing(tmp_path, capfd):
    (tmp_path / "secret.txt").write_text("secret")
    rest = (
        f"Words.\n\n.. include:: {tmp_path}/secret.txt\n\n.. raw:: html\n\n   <b>raw</b>\n\n"
        f".. csv-table::\n   :file: {tmp_path}/secret.txt\n\n`broken\n"
    )
    text = text_of(rest, "text/x-rst")
    assert "secret" not in text.replace(str(tmp_path), "").replace("secret.txt", "")
    assert "raw" not in text
    assert "Words." in text
    assert capfd.readouterr() == ("", "")


def test_a_header_of_fields_gives_the_title():
    pep = "PEP: 8\nTitle: Style Guide\n for Python Code\nAuthor: Guido\n\nIntroduction\n============\n\nWords.\n"
    parsed = parse(pep.encode(), "text/x-rst")
    assert parsed.title == "Style Guide for Python Code"
    assert "# Introduction\n\nWords.\n" in parsed.text
