"""Run one library over texts, in that library's own environment: ``python personal_data_candidates.py NAME TEXTS.json``.

Writes JSON to standard output: for every text the findings (kind, start, end), and the seconds that all took.
"""

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator

Found = Iterator[tuple[str, int, int]]


def presidio() -> Callable[[str], Found]:
    """Its pattern recognizers alone: no language model, so no words around a number either."""
    from presidio_analyzer import predefined_recognizers as known

    kinds = {
        "EMAIL_ADDRESS": "email",
        "PHONE_NUMBER": "phone",
        "CREDIT_CARD": "card",
        "IBAN_CODE": "iban",
        "US_SSN": "ssn",
        "IP_ADDRESS": "ip",
    }
    classes = (
        known.EmailRecognizer,
        known.PhoneRecognizer,
        known.CreditCardRecognizer,
        known.IbanRecognizer,
        known.UsSsnRecognizer,
        known.IpRecognizer,
    )
    recognizers = [each() for each in classes]

    def find(text: str) -> Found:
        for recognizer in recognizers:
            for result in recognizer.analyze(text, recognizer.supported_entities, None):
                if result.score >= 0.35:
                    yield kinds[result.entity_type], result.start, result.end

    return find


def scrubadub() -> Callable[[str], Found]:
    import scrubadub

    kinds = {"credit_card": "card", "social_security_number": "ssn", "credential": "secret"}
    scrubber = scrubadub.Scrubber()

    def find(text: str) -> Found:
        for filth in scrubber.iter_filth(text):
            for one in getattr(filth, "filths", [filth]):
                yield kinds.get(one.type, one.type), one.beg, one.end

    return find


def datafog() -> Callable[[str], Found]:
    import datafog

    kinds = {"EMAIL": "email", "PHONE": "phone", "CREDIT_CARD": "card", "SSN": "ssn", "IP_ADDRESS": "ip", "IBAN": "iban"}

    def find(text: str) -> Found:
        for entity in datafog.scan(text, engine="regex").entities:
            if entity.type in kinds:
                yield kinds[entity.type], entity.start, entity.end

    return find


def detect_secrets() -> Callable[[str], Found]:
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings

    # Its kinds are many; what matters here is whether the place is found.
    kinds = {"Private Key": "private_key", "Basic Auth Credentials": "url_credentials", "Secret Keyword": "secret"}

    def find(text: str) -> Found:
        with default_settings():
            offset = 0
            for line in text.splitlines(keepends=True):
                for secret in scan_line(line):
                    start = line.find(secret.secret_value) if secret.secret_value else -1
                    kind = kinds.get(secret.type, "api_key" if "Entropy" not in secret.type else "secret")
                    if start >= 0:
                        yield kind, offset + start, offset + start + len(secret.secret_value)
                offset += len(line)

    return find


def phonenumbers() -> Callable[[str], Found]:
    """libphonenumber's own matcher."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    def find(text: str) -> Found:
        for match in PhoneNumberMatcher(text, "US", leniency=Leniency.POSSIBLE):
            yield "phone", match.start, match.end

    return find


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    search = globals()[sys.argv[1]]()
    with open(sys.argv[2], encoding="utf-8") as file:
        texts = json.load(file)
    list(search(texts[0]))
    started = time.process_time()
    found = [list(search(text)) for text in texts]
    json.dump({"found": found, "seconds": time.process_time() - started}, sys.stdout)
