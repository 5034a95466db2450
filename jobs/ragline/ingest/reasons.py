"""Why something is not a document: every code that ingest uses, with what it means. ``docs/formats.md`` lists the same."""

# Perhaps gone the next time. They say nothing about what the item holds now, so its documents stay as they are.
TRANSIENT = {
    "changed_while_read": "It was written to while it was read.",
    "fetch_failed": "Its server did not give it, however often it was asked.",
    "unreadable": "Its bytes cannot be read now: no permission, a device that fails.",
}

ID_COLLISION = "id_collision"

OF_SOURCES = {
    "bad_record": "A record of a table, or the metadata of a package, that is not what it should be.",
    "duplicate_id": "An item of its source had the same id; the first one was taken.",
    ID_COLLISION: "It, or something in it, has the id of another document of its source; that one stays.",
    "lfs_pointer": "A git repository holds only a pointer to it; the content is in Git LFS.",
    "not_a_file": "It is a device, a pipe or a socket.",
    "outside_folder": "A symbolic link that leads out of its source's folder.",
    "private_address": "A web page at an address inside this network, and the source's allow_private is not set.",
    "too_large": "It has more bytes than its source's max_bytes.",
}

OF_PARSING = {
    "archive_too_deep": "An archive inside an archive inside an archive …, deeper than ingest.limits.archive_depth.",
    "archive_too_large": "It unpacks to more than ingest.limits.archive_mb, or is packed as tightly as only a bomb is.",
    "archive_too_many_members": "It has more members than ingest.limits.archive_members.",
    "empty_document": "It has no bytes, no words, or no members.",
    "encrypted": "It is protected by a password or by rights management.",
    "invalid_encoding": "It is text in an encoding that cannot be told from its bytes.",
    "needs_ocr": "It is an image, or has scanned pages, and text recognition is off, not installed, or found no text.",
    "parse_error": "It is damaged, or not what its type says.",
    "parser_crashed": "Its parser's process died.",
    "parser_memory": "Its parser needed more than ingest.limits.memory_mb; a large CSV or JSONL file is better a table source.",
    "parser_timeout": "Its parser needed longer than ingest.limits.seconds, or all of an archive longer than "
    "ingest.limits.archive_seconds.",
    "text_too_large": "It gives more text than ingest.limits.text_mb.",
    "unsafe_path": "A member of an archive whose name is absolute or leads out of the archive.",
    "unsafe_xml": "Its XML declares entities or a document type where its format has none.",
    "unsupported_member": "A member of an archive that is not a file: a link, a device, a pipe.",
    "unsupported_type": "No parser reads this type.",
}

REASONS = {**TRANSIENT, **OF_SOURCES, **OF_PARSING}
