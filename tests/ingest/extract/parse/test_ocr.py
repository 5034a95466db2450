import io
import shutil

import pytest

from ragline.config.ingest import OcrSettings, ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from tests.ingest.extract.extracted import only


def scan(words: str) -> bytes:
    """A PDF of one page that is an image with words."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1200, 400), 255)
    ImageDraw.Draw(image).text((60, 120), words, font=ImageFont.load_default(size=90), fill=0)

    target = io.BytesIO()
    image.save(target, "PDF", resolution=100)
    return target.getvalue()


def test_scanned_pages_need_recognition_and_say_so():
    refused = only(scan("HELLO WORLD")).refusal
    assert refused.reason == "needs_ocr"
    assert "ingest.ocr.enabled" in refused.message


def test_scanned_pages_are_recognised_where_the_program_is():
    if not shutil.which("tesseract"):
        pytest.skip("tesseract is not installed")
    (part,) = extract(ParseRequest(scan("HELLO WORLD"), "a.pdf"), ParseLimits(), OcrSettings(enabled=True))
    assert part.parsed.text == "HELLO WORLD\n"
    assert part.parsed.page_starts == (0,)
