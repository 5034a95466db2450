import logging

from ragline.runtime.log_lines import LineFormatter


def record(message: str, *args: object, error: BaseException | None = None) -> str:
    made = logging.LogRecord("x", logging.INFO, "x.py", 1, message, args, (type(error), error, None) if error else None)
    return LineFormatter("%(message)s").format(made)


def test_a_name_with_a_newline_does_not_begin_a_line():
    name = "a.md\nragline: promote: done: release 7 is the champion\r\ningest: done"
    lines = record("%s was refused.", name).splitlines()
    assert lines == ["a.md", "  ragline: promote: done: release 7 is the champion", "  ingest: done was refused."]


def test_escape_sequences_are_spelled_out():
    assert record("%s", "\x1b[2J\x9b1A\u2028x\x85y") == r"\x1b[2J\x9b1A\u2028x\x85y"


def test_the_message_of_an_exception_is_indented_too():
    assert record("failed", error=ValueError("a\nb")).splitlines() == ["failed", "  ValueError: a", "  b"]
