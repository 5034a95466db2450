"""Charts in a Word document: the figures they draw, as Markdown tables. kreuzberg, which reads the rest, leaves them out."""

import io
import re
import zipfile

from lxml import etree

from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.extract.parse.safe_xml import parse_xml

_CHART = re.compile(r"word/charts/chart(\d+)\.xml")
_LARGEST, _MOST_CHARTS, _MOST_POINTS = 10_000_000, 200, 10_000


def chart_tables(content: bytes) -> list[str]:
    """One table for each chart, in the order of their numbers: a column for each series, a row for each category."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = [entry for entry in package.infolist() if _CHART.fullmatch(entry.filename) and entry.file_size < _LARGEST]
        entries.sort(key=lambda entry: int(_CHART.sub(r"\1", entry.filename)))
        return [table for entry in entries[:_MOST_CHARTS] if (table := _table(parse_xml(package.read(entry))))]


def _table(chart: etree._Element) -> str:
    series = list(chart.iterfind(".//{*}ser"))
    columns = [_points(one, "val") or _points(one, "yVal") for one in series]
    categories: dict[int, str] = {}
    for one in series:
        categories = {**_points(one, "xVal"), **_points(one, "cat"), **categories}
    numbers = sorted({number for column in (categories, *columns) for number in column})[:_MOST_POINTS]
    if not numbers:
        return ""
    rows = [[_title(chart), *(_words(one.find("{*}tx")) for one in series)]]
    rows += [[column.get(number, "") for column in (categories, *columns)] for number in numbers]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _points(series: etree._Element, name: str) -> dict[int, str]:
    """The numbered values that the document keeps of a column of its data."""
    found = series.iterfind(f"{{*}}{name}//{{*}}pt")
    return {int(point.get("idx", "")): _words(point) for point in found if point.get("idx", "").isdecimal()}


def _title(chart: etree._Element) -> str:
    title = chart.find(".//{*}chart/{*}title")
    return "" if title is None else " ".join("".join(text.text or "" for text in title.iterfind(".//{*}t")).split())


def _words(element: etree._Element | None) -> str:
    values = () if element is None else element.iterfind(".//{*}v")
    return " ".join(clean_text(" ".join(value.text or "" for value in values)).split())
