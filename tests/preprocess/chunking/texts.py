"""Texts that hypothesis puts together, for the properties that every strategy has."""

from hypothesis import strategies as st

WORDS = st.lists(
    st.sampled_from(["alpha", "beta.", "Gamma", "x" * 120, "https://a.b/c?d=e", "日本語。", "e.g.", "🙂"]), max_size=60
)
BODIES = st.lists(
    st.one_of(
        WORDS.map(" ".join),
        st.lists(st.sampled_from(["- item one", "- item two two", "  more of it", "1. first"]), max_size=20).map("\n".join),
        st.integers(1, 30).map(lambda n: "```\n" + "x = 1\n" * n + "```"),
        st.integers(1, 20).map(lambda n: "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * n),
        st.text(alphabet="ab \n`*-#>|.=", max_size=40),
    ),
    max_size=4,
).map("\n\n".join)
HEADINGS = st.sampled_from(["# One", "## Two words", "### Three", "== Wiki ==", "## Two words", "#### " + "long " * 40])
PAGES = st.lists(st.tuples(HEADINGS, BODIES), max_size=5).map(
    lambda parts: "\n\n".join(f"{head}\n\n{body}" for head, body in parts)
)


def letters(line: str) -> str:
    return "".join(character for character in line if character.isalnum())
