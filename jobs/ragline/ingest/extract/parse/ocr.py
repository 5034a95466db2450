"""Text recognition by the program ``tesseract`` (Apache-2.0), where it is installed and enabled."""

import ctypes
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.pages import joined_pages
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.item import ItemRefused
from ragline.runtime.child_environment import child_environment

_DOTS_PER_INCH = 200
_MOST_DOTS = 30_000_000  # of a page; a poster is rendered smaller
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Ocr:
    """Whether and how to recognise text. ``seconds`` bounds one page."""

    enabled: bool = False
    languages: tuple[str, ...] = ("eng",)
    seconds: float = 60

    def available(self) -> bool:
        """Whether recognition is enabled and its program there."""
        return self.enabled and shutil.which("tesseract") is not None

    def why_not(self) -> str:
        """A sentence on what to do, if nothing is recognised."""
        if not self.enabled:
            return "Text recognition is off: set ingest.ocr.enabled."
        return (
            "Text recognition found nothing."
            if self.available()
            else "Text recognition needs the program tesseract, which is not installed."
        )

    def page(self, page: Any) -> str:
        """The text of a page of a PDF, "" if there is none or recognition is not available."""
        if not self.available():
            return ""
        width, height = page.get_size()
        scale = min(_DOTS_PER_INCH / 72, (_MOST_DOTS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        rows = bytes(bitmap.buffer)
        if bitmap.stride != bitmap.width:
            rows = b"".join(rows[row * bitmap.stride :][: bitmap.width] for row in range(bitmap.height))
        return self.image(b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + rows)

    def image(self, content: bytes) -> str:
        """The text of an image in a format that tesseract reads.

        Raises:
            ItemRefused: ``needs_ocr`` if it cannot be read by tesseract.
        """
        command = ["tesseract", "stdin", "stdout", "-l", "+".join(self.languages), "--dpi", str(_DOTS_PER_INCH)]
        run = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=child_environment(OMP_THREAD_LIMIT="1"),
            preexec_fn=_die_with_parent,
        )
        try:
            text, errors = run.communicate(content, timeout=self.seconds)
        except subprocess.TimeoutExpired:
            run.kill()
            run.communicate()
            raise ItemRefused("parser_timeout", f"Text recognition of one page took longer than {self.seconds:g} s.") from None
        if run.returncode:
            raise ItemRefused("needs_ocr", f"tesseract could not read it: {errors.decode(errors='replace').strip()[-200:]}")
        return tidy(clean_text(text.decode(errors="replace").replace("\f", "\n"))).strip()


def parse_image(content: bytes, ocr: Ocr) -> Parsed:
    """The words on an image.

    Raises:
        ItemRefused: ``needs_ocr`` if recognition is not available or finds none.
    """
    text = ocr.image(content) if ocr.available() else ""
    if not text:
        raise ItemRefused("needs_ocr", f"An image. {ocr.why_not()}")
    joined, _ = joined_pages([text])
    return Parsed("", joined, {"recognised": True})


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
