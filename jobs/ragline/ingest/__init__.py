"""From sources to rows of ``documents``, and of ``quarantine`` for what is refused.

``sources/`` lists and opens items, ``extract/`` makes text of their bytes, ``sync/`` decides what to read and commits it;
``job.py`` is the command. To add a type of source: ``sources/__init__.py``.
"""
