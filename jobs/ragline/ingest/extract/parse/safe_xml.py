"""XML read without entities, document types or anything from outside, by lxml."""

import re

from lxml import etree

from ragline.ingest.item import ItemRefused

_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def parse_xml(content: bytes) -> etree._Element:
    """The root element.

    Raises:
        ItemRefused: ``unsafe_xml`` if it declares a document type or entities, ``parse_error`` if it is not XML.
    """
    # In UTF-16 the declaration would hide from a search of bytes.
    if _DECLARES.search(content) or _DECLARES.search(content.replace(b"\x00", b"")):
        raise ItemRefused("unsafe_xml", "Its XML has a document type or entity declarations, which its format does not use.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ItemRefused("parse_error", f"Not well-formed XML: {str(error)[:200]}.") from error
