"""Why something is not a document: the codes of parsing, each with what it means. ``docs/formats.md`` lists the same."""

REASONS = {
    "archive_too_deep": "An archive inside an archive inside an archive …, deeper than ingest.limits.archive_depth.",
    "archive_too_large": "It unpacks to more than ingest.limits.archive_mb, or is packed as tightly as only a bomb is.",
    "archive_too_many_members": "It has more members than ingest.limits.archive_members.",
    "empty_document": "It has no bytes, no words, or no members.",
    "encrypted": "It is protected by a password or by rights management.",
    "invalid_encoding": "It is text in an encoding that cannot be told from its bytes.",
    "needs_ocr": "It is an image, or has scanned pages, and text recognition is off, not installed, or found no text.",
    "parse_error": "It is damaged, or not what its type says.",
    "parser_crashed": "Its parser's process died.",
    "parser_memory": "Its parser needed more than ingest.limits.memory_mb.",
    "parser_timeout": "Its parser needed longer than ingest.limits.seconds.",
    "text_too_large": "It gives more text than ingest.limits.text_mb.",
    "unsafe_path": "A member of an archive whose name is absolute or leads out of the archive.",
    "unsafe_xml": "Its XML declares entities or a document type where its format has none.",
    "unsupported_member": "A member of an archive that is not a file: a link, a device, a pipe.",
    "unsupported_type": "No parser reads this type.",
}
