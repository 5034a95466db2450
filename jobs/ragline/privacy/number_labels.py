"""The words before or after a number that say what it is the number of."""

import re
from enum import Enum

from ragline.privacy.context import after, before, last_match


class Label(Enum):
    """What the nearest word says: a telephone, perhaps one (somebody is called), or something else."""

    PHONE = "phone"
    CALL = "call"
    OTHER = "other"


_PHONE = (
    r"tele?(?:phone|fon|fono|foon|fax)?s?|phones?|ph|tel|tél|fax|mob|mobiles?|mobil(?:e|telefon|nummer|tel)?|"
    r"(?:tele|cell) ?phone|cellular|móvil|celular|portable|handy(?:nummer)?|hotline|helpline|landline|"
    r"whatsapp|viber|pager|voicemail|telefax|"
    r"téléphone|teléfono|telefone|telefon[aeiouyi]?\w{0,3}|telefonnummer|rufnummer|durchwahl|puhelin\w{0,6}|puh|tlf|tfno|sími|"
    r"телефон\w{0,3}|тел|факс|моб|мобильн\w{0,4}|τηλ(?:έφωνο|εφωνο)?|κινητό|điện thoại|telepon|"
    r"(?:電話|电话|手机|携帯|電話番号|電話號碼|传真|전화|휴대폰|연락처)\w{0,2}|هاتف|الهاتف|تلفن|טלפון|फ़ोन|फोन|दूरभाष|โทร\w{0,6}"
)
_CALL = (
    r"call(?:s|ed|ing|back)?|dial(?:ed|ing)?|ring|text(?:ed|ing)?|sms|reach(?:ed|able)?|answering|messages?|registered|contact(?:ed|s)?|cell|"
    r"signal|(?:desk|office|home|work|direct|number|no|nr|numéro|número|numero|nummer)(?=\W{0,3}[:=])|"
    r"(?:my|his|her|our|your|their|the) number|appel\w{0,4}|anruf\w{0,3}|rufen|"
    r"llám\w{0,5}|llame|chiam\w{0,5}|ligue|bellen?|zadzwoń|звон\w{0,5}|позвон\w{0,5}"
)
_OTHER = (
    r"(?:zip|postal|postcode|plz|code|cards?|cc|visa|account|acct|iban|ssn|social|licen[cs]e|passport|order|invoice|ticket|bug|"
    r"issues?|ids?|serial|isbn|issn|doi|pmid|pmc|ref|reference|version|date|born|population|https?|port|rows?|bytes|total|sum|"
    r"hash|sha|commit|rev|revision|tracking|model|part|item|sku|vat|tax|lat|lon|gps|patent|grant|study|trial|nct|figure|table|line|"
    r"pages?|pp|vol|address|street|bank)"
    r"(?:'s|s)?(?:(?: \w{1,12})? (?:numbers?|no|nr|code|id))?"
)
_LABEL = re.compile(
    rf"(?<![\w-])(?:(?P<phone>{_PHONE})|(?P<call>{_CALL})|(?P<other>{_OTHER}))(?!\w)|(?P<glued>電話|电话|手机|携帯|전화)",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\W{0,3}(?:office|fax|mobile|cell|home|work|phone|tel|telephone|desk|direct|landline)\b", re.IGNORECASE)

# Between somebody being called and the number there is little, and no other number, nor a new line.
_CALL_GAP = re.compile(r"[^\w\n=]{0,3}(?:[^\W\d]+[^\w\n.!?]{1,3}){0,3}\Z")
_PHONE_GAP = 28
_OTHER_GAP = 14


def label_of(text: str, start: int, end: int) -> Label | None:
    """The nearest label of a number, before it or right after it, if there is one near enough."""
    if _AFTER.match(after(text, end)):
        return Label.PHONE
    preceding = before(text, start, 56)
    found = last_match(_LABEL, preceding)
    if found is None:
        return None
    label = Label.PHONE if found.lastgroup == "glued" else Label(found.lastgroup)
    gap = preceding[found.end() :]
    if label is Label.CALL:
        return label if _CALL_GAP.match(gap) else None
    return label if len(gap) <= (_PHONE_GAP if label is Label.PHONE else _OTHER_GAP) else None
