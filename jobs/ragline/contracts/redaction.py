"""Take credentials out of what is shown, stored or sent: every URI, and every text that may quote one.

Libraries put the whole URL of a database into their errors, object stores put access into the query of a URL, and tokens stand
where a user's name would. What is taken out is replaced by ``***``; what is left still says which place was meant.
"""

import re
from typing import Any

HIDDEN = "***"

# Of a database, whose URL SQLAlchemy and libpq read: a password may hold anything but blanks, quotes and, but for the last, @.
_DATABASE = re.compile(
    r"\b((?:postgres(?:ql)?|mysql|mariadb|mssql|oracle|redshift|snowflake|trino|clickhouse|cockroachdb|db2|mongodb|redis|amqp)"
    r"(?:\+\w+)?://[^\s:/@'\"<>]{0,500}):[^\s'\"<>]{0,2000}@",
    re.IGNORECASE,
)
# Of anything else, user and password as RFC 3986 has them (userinfo), a password with @ in it included.
_USER_AND_PASSWORD = re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s:/?#@'\"<>]*:[^\s/?#'\"<>]*@", re.IGNORECASE)
# A user alone is a token where the web and file transfer are concerned; a name for SSH, a container for Azure.
_USER_ALONE = re.compile(r"\b((?:git\+)?(?:https?|ftps?|s3[an]?|gs|gcs)://)[^\s:/?#@'\"<>]+@", re.IGNORECASE)
_SECRET_NAMES = (
    r"[\w.%-]{0,64}(?:signature|token|secret|passw(?:or)?d|passphrase|pwd|credential|api_?key|access_?key|account_?key)[\w.%-]{0,64}"
    r"|sig|key|auth|authorization"
)
# Of a query, or of a connection string: a parameter whose name says that its value is secret.
_PARAMETER = re.compile(rf"([?&;#](?:{_SECRET_NAMES})=)[^\s&;#'\"<>]+", re.IGNORECASE)
# Of libpq: host=… password=…
_KEYWORD = re.compile(r"(\b(?:password|passwd|sslpassword)\s?=\s?)('[^']*'|[^\s'\"&;<>]+)", re.IGNORECASE)
_HEADER = re.compile(r"(\bauthorization['\"]?\s*[:=]\s*['\"]?(?:bearer|basic|token)\s+)[^\s'\",;<>]+", re.IGNORECASE)
_URI = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def redacted(text: str) -> str:
    """A text without the credentials of the URIs and connection strings in it. Redacting twice changes nothing."""
    if "=" not in text and "://" not in text and "uthorization" not in text:
        return text
    text = _DATABASE.sub(rf"\1:{HIDDEN}@", text)
    text = _USER_AND_PASSWORD.sub(_without_password, text)
    text = _USER_ALONE.sub(rf"\1{HIDDEN}@", text)
    for pattern in (_PARAMETER, _KEYWORD, _HEADER):
        text = pattern.sub(rf"\g<1>{HIDDEN}", text)
    return text


def redacted_value(value: Any) -> Any:
    """Plain data with every text in it redacted, keys included."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {redacted_value(key): redacted_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted_value(item) for item in value]
    return value


def holds_credentials(uri: str) -> bool:
    """Whether a URI names a password, a token or a signature; a text that is no URI never does."""
    return _URI.match(uri) is not None and redacted(uri) != uri


def _without_password(match: re.Match[str]) -> str:
    """Hide user and password alike, since either may be a token; what ``_DATABASE`` has redacted keeps its user."""
    whole = match[0]
    return whole if whole.endswith(f":{HIDDEN}@") else f"{match[1]}{HIDDEN}@"
