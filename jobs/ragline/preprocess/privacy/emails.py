"""Replace personal data by a placeholder that names its kind."""

import re

from ragline.preprocess.cleaning.cleaned_text import CleanedText

EMAIL = "[EMAIL]"

# A local part, @, dotted labels, an alphabetic top-level label. Bounded and anchored at the start of a run, so that it
# takes linear time; not followed by a dot and a digit, and no file name such as icon@2x.png.
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.)+(?!(?:png|jpe?g|gif|svg|webp|css|js)\b)(?:xn--[\w-]{1,59}|[^\W\d_]{2,24})"
)


def redact_emails(cleaned: CleanedText) -> tuple[CleanedText, int]:
    """The text with every e-mail address replaced, still aligned to the original, and how many there were."""
    if "@" not in cleaned.text:
        return cleaned, 0
    return cleaned.sub(_EMAIL, EMAIL), sum(1 for _ in _EMAIL.finditer(cleaned.text))
