from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.archives import zipped
from tests.ingest.extract.unpack.members import outcomes

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
