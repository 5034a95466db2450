"""The types of source: where documents come from. Each is a module here, named as in ``type:`` of the configuration.

How to add one, ``confluence`` say:

1. Write ``sources/confluence.py``; a type that needs several modules is a folder with a ``source.py``, like ``git/``. Nothing
   has to be registered: ``source_types.py`` finds the module by its name. It holds two classes:

   - ``ConfluenceOptions(SourceOptions)``: the keys of its configuration, a frozen pydantic model. A key never holds a secret,
     but the name of an environment variable that does (``password_env`` of ``sql.py``). ``PathPatterns`` instead of
     ``SourceOptions`` brings ``include`` and ``exclude``.
     Another value of a key has every item read again, unless the key is annotated with ``CannotChangeText("why not")``:
     ``tests/ingest/sync/test_fingerprint.py`` lists all keys of both sorts.
   - ``ConfluenceSource(Source[ConfluenceOptions])`` with ``options_model = ConfluenceOptions`` and the methods of
     ``ingest/source.py``:

     ========= ======================================================================================================
     check     is the place there? Raise ``ConfigError`` if not; nothing was written then
     listed    yield an ``Item`` for every page, in a stable order, without reading contents if there is any way.
               ``change_marker`` (a page's version number, an etag) decides whether an item is read at all: equal
               markers mean equal content. ``locator`` is whatever ``open`` needs. If the listing breaks off, raise
               ``SourceError``: what is missing in a listing is taken for deleted
     open      the bytes of one item, in any process. Raise ``ItemRefused`` with a reason of ``ingest/reasons.py`` for
               what can never become a document, ``OSError`` for what cannot be read now
     open_all  only if many items are read more cheaply together (``sql.py`` asks for 200 rows at a time)
     dataset   the source's name in lineage, as OpenLineage names such places
     ========= ======================================================================================================

   Bytes are all a source gives: detecting formats, parsing, limits, quarantine, deletions and commits are done by
   ``extract/`` and ``sync/`` alike for all sources.

2. Start from the type that is most like it: ``folder.py`` (a listing with markers, items read one by one),
   ``sql.py`` (records with fields, read many at a time), ``website/`` (contents have to be read to list them).
   ``files/`` and ``records/`` hold what several types share: reading files safely, mapping the fields of a record.

3. Copy ``tests/ingest/sources/test_sql.py``: it runs against a real server and tests options, listing, markers, reading,
   refusals and a source that breaks off. Tests use a real server or a protocol's own implementation, no mocks.

4. Describe it in ``docs/sources.md``; its examples are checked by ``tests/ingest/test_source_types.py``, where the new type
   joins the list of names. A library that it needs joins the ``ingest`` extra of ``pyproject.toml``.
"""
