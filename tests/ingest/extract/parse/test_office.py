import io

import pytest

from tests.ingest.extract.archives import DOCX, workbook, zipped
from tests.ingest.extract.extracted import reason, text_of


def test_csv_is_a_table_whatever_its_delimiter():
    table = "| name | cost |\n| --- | --- |\n| a lamp | 3 |\n| a bed | 5 |\n"
    for delimiter in ",;\t|":
        assert text_of(f"name{delimiter}cost\na lamp{delimiter}3\na bed{delimiter}5\n", "a.csv") == table


@pytest.mark.parametrize("name", ["letter.docx", "sheet.xlsx"])
def test_an_office_document_that_a_password_really_encrypts_is_refused_as_such(name):
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = zipped(DOCX) if name == "letter.docx" else workbook({1: "a"})
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt("secret", encrypted)
    assert reason(encrypted.getvalue(), name) == "encrypted"
