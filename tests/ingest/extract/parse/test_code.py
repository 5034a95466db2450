from tests.ingest.extract.extracted import only

CODE = "def add(a, b):\n    # not a heading\n    return a + b\n"


def test_source_code_is_kept_as_it_is_and_says_its_language():
    part = only(CODE, "a.py")
    assert part.parsed.text == f"```python\n{CODE}```\n"
    assert part.parsed.metadata == {"programming_language": "python"}
