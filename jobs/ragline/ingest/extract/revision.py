"""The revision of the parsers, apart from them: who only asks whether anything changed need not load one."""

# Raised by hand when the same bytes start to give another text: every document is then parsed again.
PARSER_REVISION = 3
