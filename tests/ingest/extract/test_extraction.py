import gzip
import io
import zipfile

import pytest

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.archives import DOCX, tarred, zipped
from tests.ingest.extract.extracted import only
from tests.ingest.extract.unpack.members import MEMBERS, outcomes


def test_the_title_of_the_source_wins_and_held_out_lines_go_with_pages_kept_in_place():
    part = only("# Own\n\nFast meter.\n\nMore.\n", "a.md", title="Given", held_out_lines=("Fast meter",))
    assert (part.parsed.title, part.parsed.text) == ("Given", "# Own\n\n\nMore.\n")


def test_the_same_bytes_give_the_same_parts():
    content = zipped({"a.md": "# A", "b.docx": zipped(DOCX), "c.csv": "a,b\n1,2"})
    assert extract(ParseRequest(content, "x.zip")) == extract(ParseRequest(content, "x.zip"))


def test_text_beyond_the_limit_is_refused():
    (part,) = extract(ParseRequest(b"word " * 300_000, "a.txt"), ParseLimits(text_mb=1))
    assert part.refusal.reason == "text_too_large"


def test_archives_in_archives_say_where_a_part_is():
    inner = zipped({"x.md": "# X\n"})
    assert outcomes(zipped({"in/inner.zip": inner, "y.txt": "y\n"})) == {"in/inner.zip!/x.md": "# X\n", "y.txt": "y\n"}


def test_members_of_one_name_are_told_apart():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, pytest.warns(UserWarning):
        for text in ("one", "two", "three"):
            archive.writestr("a.txt", text)
    assert outcomes(target.getvalue()) == {"a.txt": "one\n", "a.txt#2": "two\n", "a.txt#3": "three\n"}


def test_damaged_and_empty_archives():
    assert outcomes(zipped({})) == {"": "<empty_document>"}
    assert outcomes(tarred(MEMBERS)[:700]) == {"": "<parse_error>"}
    assert outcomes(zipped(MEMBERS)[:60]) == {"": "<parse_error>"}
    assert outcomes(gzip.compress(b"words" * 100)[:20]) == {"": "<parse_error>"}
