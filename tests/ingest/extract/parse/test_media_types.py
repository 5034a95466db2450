import pytest

from ragline.ingest.extract.parse.media_types import media_type_of_file, parse
from ragline.ingest.item import ItemRefused


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.MD", "text/markdown"),
        ("a.rst", "text/x-rst"),
        ("a.htm", "text/html"),
        ("a.txt", "text/plain"),
        ("a", "application/octet-stream"),
    ],
)
def test_a_file_name_says_its_media_type(name, media_type):
    assert media_type_of_file(name) == media_type


def test_a_type_without_a_parser_is_refused_by_name():
    with pytest.raises(ItemRefused, match="No parser reads application/x-shockwave-flash") as refused:
        parse(b"FWS", "application/x-shockwave-flash")
    assert refused.value.reason == "unsupported_type"
