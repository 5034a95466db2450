import hypothesis.strategies as st
import pytest
from hypothesis import given

from ragline.ingest.files.file_names import file_name

RAW = st.lists(st.sampled_from([b"\\", b"x", b"e9", b"5c", b"\xe9", b"\xff", b"a", "é".encode()]), max_size=6).map(b"".join)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("guides/café.md".encode(), "guides/café.md"),
        (b"C:\\new\\x41.md", "C:\\new\\x41.md"),
        (b"caf\xe9.md", "caf\\xe9.md"),
        (b"caf\\xe9.md", "caf\\x5cxe9.md"),
        (b"caf\\x5cxe9.md", "caf\\x5cx5cxe9.md"),
    ],
)
def test_odd_bytes_are_spelled_out_and_what_looks_so_is_told_from_them(raw, text):
    assert file_name(raw) == text


@given(RAW, RAW)
def test_no_two_files_have_one_name(left, right):
    assert (file_name(left) == file_name(right)) == (left == right)
