import zipfile

from tests.ingest.extract.archives import DOCX, zipped
from tests.ingest.extract.extracted import reason
from tests.ingest.extract.unpack.members import MEMBERS, READ, outcomes


def test_a_package_that_unpacks_to_too_much_is_refused():
    members = {**DOCX, "word/media/zeros": bytes(40 * 2**20)}
    assert reason(zipped(members, zipfile.ZIP_DEFLATED)) == "archive_too_large"


def test_each_member_of_a_zip_file_is_a_part_and_folders_are_none():
    assert outcomes(zipped({"notes/": "", **MEMBERS}), "x.pdf") == READ


def test_members_protected_by_a_password_are_refused():
    content = bytearray(zipped({"a.txt": "words"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    assert outcomes(bytes(content)) == {"a.txt": "<encrypted>"}


def test_a_damaged_member_costs_itself():
    content = bytearray(zipped({"a.txt": "words of a", "b.txt": "words of b"}, zipfile.ZIP_STORED))
    content[content.index(b"words of a")] = 0x20
    assert outcomes(bytes(content)) == {"a.txt": "<parse_error>", "b.txt": "words of b\n"}
