"""Keys of well-known services, each told by the prefix and the length that its maker gives it."""

import re
from collections.abc import Iterator

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

# How each begins, and what follows, as the services document it for secret scanning.
_SHAPES = (
    (r"A(?:KIA|SIA|BIA|CCA)", r"[A-Z2-7]{16}"),  # AWS
    (r"gh[pousr]_", r"[A-Za-z0-9]{36,255}"),  # GitHub
    (r"github_pat_", r"[A-Za-z0-9_]{40,255}"),
    (r"gl(?:pat|dt|rt|ptt|agent|oas|soat)-", r"[\w-]{20,64}"),  # GitLab
    (r"xox[abeoprs]-", r"(?:[A-Za-z0-9]{1,64}-){0,6}[A-Za-z0-9]{8,200}"),  # Slack
    (r"xapp-\d-", r"[A-Za-z0-9-]{20,200}"),
    (r"hooks\.slack\.com/(?:services|workflows)/", r"[A-Za-z0-9/]{30,80}"),
    (r"[srp]k_(?:live|test)_", r"[A-Za-z0-9]{16,255}"),  # Stripe
    (r"whsec_", r"[A-Za-z0-9+/=]{24,80}"),
    (r"AIza", r"[\w-]{35}"),  # Google
    (r"GOCSPX-", r"[\w-]{28}"),
    (r"ya29\.", r"[\w-]{20,400}"),
    (r"eyJ", r"[\w-]{8,2000}\.eyJ[\w-]{8,8000}(?:\.[\w-]{0,2000})?"),  # JSON web tokens
    (r"npm_", r"[A-Za-z0-9]{36}"),
    (r"pypi-AgE", r"[\w-]{50,1000}"),
    (r"sk-", r"(?:(?:proj|svcacct|admin|ant|or)-[\w-]{20,300}|[A-Za-z0-9]{32,64})"),  # OpenAI, Anthropic, OpenRouter
    (r"hf_", r"[A-Za-z0-9]{30,50}"),  # Hugging Face
    (r"gsk_", r"[A-Za-z0-9]{40,60}"),  # Groq
    (r"SG\.", r"[\w-]{16,32}\.[\w-]{32,64}"),  # SendGrid
    (r"(?:SK|AC)(?=[0-9a-f])", r"[0-9a-f]{32}"),  # Twilio
    (r"key-", r"[0-9a-f]{32}"),  # Mailgun
    (r"[0-9a-f]{32}-us", r"[0-9]{1,2}"),  # Mailchimp
    (r"do[por]_v1_", r"[0-9a-f]{64}"),  # DigitalOcean
    (r"shp(?:at|ss|ca|pa)_", r"[0-9a-fA-F]{32}"),  # Shopify
    (r"dapi", r"[0-9a-f]{32}(?:-\d)?"),  # Databricks
    (r"hv[sb]\.", r"[\w-]{24,300}"),  # Vault
    (r"PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}"),  # Postman
    (r"AGE-SECRET-KEY-1", r"[0-9A-Z]{58}"),
    (r"dckr_pat_", r"[\w-]{27,64}"),  # Docker
    (r"lin_api_", r"[A-Za-z0-9]{40}"),  # Linear
    (r"sntrys_", r"[\w+/=]{40,300}"),  # Sentry
    (r"NRAK-", r"[A-Z0-9]{27}"),  # New Relic
    (r"rubygems_", r"[0-9a-f]{48}"),
    (r"[0-9]{8,10}:AA", r"[\w-]{33}"),  # Telegram
)
_BEGINNING = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(beginning for beginning, _ in _SHAPES)})")
_KEY = re.compile(rf"(?:{'|'.join(beginning + rest for beginning, rest in _SHAPES)})(?![A-Za-z0-9_])")

# Account keys and access signatures of Azure are base64, which has none of the long runs that the others have.
_AZURE = re.compile(r"(?<=Key=)[A-Za-z0-9+/]{40,88}={1,2}|(?<=[?&]sig=)[A-Za-z0-9%+/]{40,80}(?:=|%3[Dd])?")

_BEFORE_RUN = 72  # the longest part of a key that may precede its first long run
_MIN_DIFFERENT = 9  # AKIAXXXXXXXXXXXXXXXX stands for a key, it is none


def find_api_keys(searched: SearchedText) -> Iterator[Finding]:
    """Keys and tokens that carry their maker's prefix."""
    text, done = searched.text, 0
    for start, end in searched.token_runs:
        for beginning in _BEGINNING.finditer(text, max(done, start - _BEFORE_RUN), end):
            key = _KEY.match(text, beginning.start()) if beginning.start() >= done else None
            if key and _is_drawn(key[0]):
                done = key.end()
                yield Finding("api_key", key.start(), done)
        done = max(done, end)
    if b"key=" in searched.lower or b"sig=" in searched.lower:
        yield from (Finding("api_key", *match.span()) for match in _AZURE.finditer(text) if _is_drawn(match[0]))


def _is_drawn(key: str) -> bool:
    return len(set(key)) >= _MIN_DIFFERENT


MEMBERS = (Kind("api_key", 2, find_api_keys),)
