"""Bring the lake up to what a source holds: list, diff, extract, reconcile, stage, commit.

The way of an item, and the form that it has after each step::

    sources/      list       Item              id, change marker, where its bytes are
    list_source              LISTED row        what the diff compares; the item itself as JSON, for any process
    diff          compare    TO_EXTRACT row    the same, beside what the lake holds of the item; shares of these rows are
                                               the tasks, in Spark or in threads of this process (run_tasks)
    extract_task  read       bytes, then ParseRequest to the parser's process (extract/sandbox)
                  parse      Part, one or more: a text, or a refusal
                  write      row of documents or quarantine, in a Parquet file that nobody sees yet
                             RESULTS row       ids and hashes of the parts; the files' names. No content goes to the driver
    collisions               of two parts with one id, the later one is refused
    reconcile                Changes           deletions, resolved refusals, rows of items, effects
    stage                    Staged            the list of all files, in the staging folder
    mass_deletion            of what is staged, sources that would lose too much are left out
    commit                   one version each of quarantine, documents and items, without what is outdated by then

``forecast`` stops after the diff and says what the rest would do. ``lake_state`` is what the lake holds at the start;
``binding`` says which items may be believed.
"""
