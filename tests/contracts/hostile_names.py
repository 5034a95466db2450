"""Names that somebody might give so that a path made of them leads elsewhere."""

HOSTILE_NAMES = [
    *("", " ", ".", "..", "/", "//", "../x", "../../x", "..\\x", "a/b", "a\\b", "/etc/passwd", "~", "~root", "a/../../b"),
    *("%2e%2e%2f", "..%2f", "a\x00b", "\x00", "a\nb", "\r", "a\tb", "\x1b[2J", "a b", "$HOME", "$(id)", "`id`", "*", "?"),
    *("{a,b}", "a;b", "-rf", "--x", "a:b", "C:", "C:\\x", "a.", ".hidden", "=x", "a" * 201, "a" * 5000),
    *("\u202ea", "\ufeffa", "\ud800", "a@b", "a#b", "a?b", "a&b", "é", "名", "file:///etc", "s3://bucket/x", "https://x"),
    # Look-alikes: full-width and one-dot leaders, division and fraction slashes, a Cyrillic a, digits of other scripts.
    *("\uff0e\uff0e\uff0fx", "\u2024\u2024", "..\u2215x", "..\u2044x", "..\u29f8x", "\u0430", "\u0661", "\u2025", "e\u0301"),
]
