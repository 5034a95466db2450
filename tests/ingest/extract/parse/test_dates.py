import pytest

from ragline.ingest.extract.parse.dates import iso_date, mail_date, pdf_date


def test_only_dates_are_dates():
    assert iso_date(" 2025-03-01 ") == "2025-03-01T00:00:00"
    assert (iso_date("next week"), iso_date(None)) == ("", "")


def test_the_date_of_a_mail_keeps_its_zone():
    assert mail_date("Fri, 21 Nov 2025 09:30:00 +0100") == "2025-11-21T09:30:00+01:00"
    assert mail_date("21st of November") == ""


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("D:20240822125427+02'00'", "2024-08-22T12:54:27+02:00"),
        ("D:20240822125427Z", "2024-08-22T12:54:27+00:00"),
        ("D:2024", "2024-01-01T00:00:00+00:00"),
        ("D:20241399", ""),
        ("August", ""),
    ],
)
def test_the_date_of_a_pdf_may_be_cut_short(value, date):
    assert pdf_date(value) == date
