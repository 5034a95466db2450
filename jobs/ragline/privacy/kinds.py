"""The kinds of personal data and secrets that patterns find, and which of two wins where they overlap."""

from collections.abc import Callable, Iterator

from ragline.privacy.api_keys import find_api_keys
from ragline.privacy.assigned_secrets import find_assigned_secrets
from ragline.privacy.cards import find_cards
from ragline.privacy.emails import find_emails
from ragline.privacy.finding import Finding
from ragline.privacy.ibans import find_ibans
from ragline.privacy.ip_addresses import find_ip_addresses
from ragline.privacy.phones import find_phones
from ragline.privacy.private_keys import find_private_keys
from ragline.privacy.searched_text import SearchedText
from ragline.privacy.social_security import find_social_security_numbers
from ragline.privacy.url_credentials import find_url_credentials

Detector = Callable[[SearchedText], Iterator[Finding]]

# From the surest evidence to the weakest.
DETECTORS: dict[str, Detector] = {
    "private_key": find_private_keys,
    "api_key": find_api_keys,
    "url_credentials": find_url_credentials,
    "secret": find_assigned_secrets,
    "email": find_emails,
    "iban": find_ibans,
    "card": find_cards,
    "ssn": find_social_security_numbers,
    "ip": find_ip_addresses,
    "phone": find_phones,
}
KINDS = (*DETECTORS, "person", "address")
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def find_patterns(text: str) -> Iterator[Finding]:
    """What every detector finds; may overlap."""
    searched = SearchedText(text)
    for detector in DETECTORS.values():
        yield from detector(searched)


def resolve(findings: Iterator[Finding]) -> list[Finding]:
    """In order and without overlaps: of two that overlap the surer kind wins, of one kind the longer, then the first."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        while kept and kept[-1].end > finding.start:
            if _strength(kept[-1]) >= _strength(finding):
                break
            kept.pop()
        else:
            kept.append(finding)
    return kept


def _strength(finding: Finding) -> tuple[int, int]:
    return -_RANK[finding.kind], finding.end - finding.start
