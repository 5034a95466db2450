from pathlib import Path

import pandas as pd

from ragline.gates.validation import Check, validate

HOSTILE = "<script>alert(1)</script>"


def test_values_of_the_data_are_text_on_the_pages(tmp_path: Path) -> None:
    frame = pd.DataFrame({"doc_id": [HOSTILE, "ok"], "title": [f"$x{HOSTILE}", "[b]"]})
    suite = {"expectations": [{"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "title", "value_set": ["z"]}}]}
    ((outcome,), index) = validate([Check("titles", suite, frame, ("doc_id",))], str(tmp_path))
    assert outcome.samples == [HOSTILE, "ok"]
    assert index is not None
    pages = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.html")}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["lake-titles.html"]
    assert not [name for name, page in pages.items() if HOSTILE in page]
