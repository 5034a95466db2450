import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.archives import linked, tarred, zipped


def outcomes(content: bytes, name: str = "a", **limits) -> dict[str, str]:
    """Each part's name with its text, or its reason in angle brackets."""
    parts = extract(ParseRequest(content, name), ParseLimits(**limits))
    assert len({part.name for part in parts}) == len(parts)
    return {part.name: f"<{part.refusal.reason}>" if part.refusal else part.parsed.text for part in parts}


MEMBERS = {"notes/a.md": b"# A\n", "b.txt": b"Words.\n"}
READ = {"notes/a.md": "# A\n", "b.txt": "Words.\n"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_each_member_of_a_tar_file_is_a_part(mode):
    assert outcomes(tarred(MEMBERS, mode), "x.bin") == READ


def test_a_tar_file_from_before_the_magic_number_is_one():
    content = bytearray(tarred({"a.txt": b"Words.\n"}))
    content[257:512] = bytes(255)
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(content[:512])
    assert outcomes(bytes(content)) == {"a.txt": "Words.\n"}


def test_each_member_of_a_zip_file_is_a_part_and_folders_are_none():
    assert outcomes(zipped({"notes/": "", **MEMBERS}), "x.pdf") == READ


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_is_the_file_in_it(pack):
    assert outcomes(pack(b"# A\n"), "folder/a.md.gz") == {"a.md" if pack else "": "# A\n"}


def test_archives_in_archives_say_where_a_part_is():
    inner = zipped({"x.md": "# X\n"})
    assert outcomes(zipped({"in/inner.zip": inner, "y.txt": "y\n"})) == {"in/inner.zip!/x.md": "# X\n", "y.txt": "y\n"}


def test_nesting_ends_at_the_configured_depth():
    content = zipped({"x.md": "# X\n"})
    for level in range(3):
        content = zipped({f"{level}.zip": content, "beside.txt": "beside\n"})
    assert outcomes(content, archive_depth=1) == {
        "2.zip!/1.zip": "<archive_too_deep>",
        "2.zip!/beside.txt": "beside\n",
        "beside.txt": "beside\n",
    }


def test_names_that_lead_out_are_refused_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ["/etc/passwd", "../up.txt", "a/../../b.txt", "C:\\x.txt", "..\\y.txt"]
    packed = dict.fromkeys(names, b"x")
    assert set(outcomes(zipped(packed)).values()) == {"<unsafe_path>"}
    assert set(outcomes(tarred(packed)).values()) == {"<unsafe_path>"}
    assert list(tmp_path.iterdir()) == []


def test_links_devices_and_pipes_are_refused():
    members = {
        "l": linked("l", "/etc/passwd"),
        "h": linked("h", "l", tarfile.LNKTYPE),
        "d": linked("d", "", tarfile.CHRTYPE),
        "p": linked("p", "", tarfile.FIFOTYPE),
    }
    assert outcomes(tarred(members)) == dict.fromkeys("lhdp", "<unsupported_member>")
    link = zipfile.ZipInfo("l")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert outcomes(target.getvalue()) == {"l": "<unsupported_member>"}


def test_members_of_one_name_are_told_apart():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, pytest.warns(UserWarning):
        for text in ("one", "two", "three"):
            archive.writestr("a.txt", text)
    assert outcomes(target.getvalue()) == {"a.txt": "one\n", "a.txt#2": "two\n", "a.txt#3": "three\n"}


def test_a_zip_bomb_is_refused_as_a_whole():
    assert outcomes(zipped({"fine.txt": "fine", "zeros": bytes(300 * 2**20)}), archive_mb=100) == {"": "<archive_too_large>"}
    assert outcomes(zipped({"zeros": bytes(50 * 2**20)})) == {"": "<archive_too_large>"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_bomb_is_refused(pack):
    assert outcomes(pack(bytes(60 * 2**20))) == {"": "<archive_too_large>"}


def test_a_nested_bomb_costs_its_own_archive():
    bomb = zipped({"zeros": bytes(50 * 2**20)})
    assert outcomes(zipped({"a.txt": "a", "bomb.zip": bomb})) == {"a.txt": "a\n", "bomb.zip": "<archive_too_large>"}


def test_many_small_members_together_are_too_large():
    import random

    noise = random.Random(1).randbytes(700_000)
    assert outcomes(tarred({f"{n}.bin": noise for n in range(3)}), archive_mb=2) == {"": "<archive_too_large>"}


def test_too_many_members():
    assert outcomes(zipped({f"{n}.txt": "x" for n in range(20)}), archive_members=19) == {"": "<archive_too_many_members>"}
    assert outcomes(tarred({f"{n}.txt": b"x" for n in range(20)}), archive_members=19) == {"": "<archive_too_many_members>"}


def test_members_protected_by_a_password_are_refused():
    content = bytearray(zipped({"a.txt": "words"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    assert outcomes(bytes(content)) == {"a.txt": "<encrypted>"}


def test_a_damaged_member_costs_itself():
    content = bytearray(zipped({"a.txt": "words of a", "b.txt": "words of b"}, zipfile.ZIP_STORED))
    content[content.index(b"words of a")] = 0x20
    assert outcomes(bytes(content)) == {"a.txt": "<parse_error>", "b.txt": "words of b\n"}


def test_damaged_and_empty_archives():
    assert outcomes(zipped({})) == {"": "<empty_document>"}
    assert outcomes(tarred(MEMBERS)[:700]) == {"": "<parse_error>"}
    assert outcomes(zipped(MEMBERS)[:60]) == {"": "<parse_error>"}
    assert outcomes(gzip.compress(b"words" * 100)[:20]) == {"": "<parse_error>"}


def test_all_text_of_an_item_counts_against_one_limit():
    members = {f"{n}.txt": "word " * 100_000 for n in range(4)}
    assert [text[:5] for text in outcomes(zipped(members), text_mb=1).values()] == ["word ", "word ", "<text", "<text"]


MAIL = b"""From: "A. Author" <a@example.com>
To: b@example.com
Subject: =?utf-8?q?Caf=C3=A9_plans?=
Date: Fri, 21 Nov 2025 09:30:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=X

--X
Content-Type: multipart/alternative; boundary=Y

--Y
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--Y
Content-Type: text/html; charset=utf-8

<p>See <a href="https://x.example/">the plan</a>.</p>
--Y--
--X
Content-Type: application/octet-stream; name="plan.md"
Content-Disposition: attachment; filename="plan.md"
Content-Transfer-Encoding: base64

IyBQbGFuCg==
--X--
"""


def test_a_mail_is_its_body_and_its_attachments_are_parts():
    body, plan = extract(ParseRequest(MAIL, "mail.bin"))
    assert (body.name, body.media_type) == ("", "message/rfc822")
    assert body.parsed.title == "Café plans"
    assert body.parsed.text == (
        "# Café plans\n\n- **From**: A. Author <a@example.com>\n- **To**: b@example.com\n"
        "- **Date**: 2025-11-21T09:30:00+01:00\n\nSee [the plan](https://x.example/).\n"
    )
    assert body.parsed.metadata == {
        "authors": ["A. Author <a@example.com>"],
        "recipients": ["b@example.com"],
        "created": "2025-11-21T09:30:00+01:00",
        "links": ["https://x.example/"],
    }
    assert (plan.name, plan.media_type, plan.parsed.text) == ("plan.md", "text/markdown", "# Plan\n")


def test_the_attachments_of_a_mail_in_an_archive_are_below_the_mail():
    assert list(outcomes(zipped({"m.eml": MAIL}))) == ["m.eml", "m.eml!/plan.md"]
