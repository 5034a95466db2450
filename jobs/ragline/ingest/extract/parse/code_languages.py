"""Source code: which file name is which language. The media type is ``text/x-source-LANGUAGE``."""

_LANGUAGES = {
    "python": ".py .pyi .pyw",
    "javascript": ".js .mjs .cjs .jsx",
    "typescript": ".ts .tsx",
    "java": ".java",
    "kotlin": ".kt .kts",
    "scala": ".scala .sbt",
    "go": ".go",
    "rust": ".rs",
    "c": ".c .h",
    "cpp": ".cc .cpp .cxx .hpp .hh",
    "csharp": ".cs",
    "swift": ".swift",
    "ruby": ".rb",
    "php": ".php",
    "perl": ".pl .pm",
    "r": ".r",
    "julia": ".jl",
    "lua": ".lua",
    "dart": ".dart",
    "haskell": ".hs",
    "elixir": ".ex .exs",
    "erlang": ".erl",
    "clojure": ".clj",
    "ocaml": ".ml .mli",
    "sql": ".sql",
    "bash": ".sh .bash .zsh",
    "powershell": ".ps1",
    "batch": ".bat .cmd",
    "yaml": ".yaml .yml",
    "toml": ".toml",
    "ini": ".ini .cfg .conf",
    "xml": ".xml .xsd .xsl .svg .rss .atom",
    "css": ".css .scss .less",
    "groovy": ".groovy .gradle",
    "hcl": ".tf .hcl",
    "proto": ".proto",
    "graphql": ".graphql",
    "vue": ".vue",
    "svelte": ".svelte",
    "tex": ".tex .sty",
    "diff": ".diff .patch",
    "matlab": ".m",
    "fortran": ".f90 .f",
    "properties": ".properties",
    "cmake": ".cmake",
    "makefile": ".mk",
}
_PREFIX = "text/x-source-"
CODE = {suffix: _PREFIX + language for language, suffixes in _LANGUAGES.items() for suffix in suffixes.split()}
XML_SOURCE = _PREFIX + "xml"


def is_code(media_type: str) -> bool:
    """Whether a media type is one of source code."""
    return media_type.startswith(_PREFIX)


def language_of(media_type: str) -> str:
    """``python`` of ``text/x-source-python``."""
    return media_type.removeprefix(_PREFIX)
