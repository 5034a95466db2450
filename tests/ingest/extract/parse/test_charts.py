from tests.ingest.extract.archives import DOCX, zipped
from tests.ingest.extract.extracted import text_of


def test_a_chart_in_a_word_document_is_the_table_of_its_figures():
    def points(tag: str, *values: str) -> str:
        found = "".join(f'<c:pt idx="{number}"><c:v>{value}</c:v></c:pt>' for number, value in enumerate(values))
        return f"<c:{tag}><c:x>{found}</c:x></c:{tag}>"

    series = "".join(
        f"<c:ser>{points('tx', name)}{points('cat', 'North', 'South')}{points('val', *values)}</c:ser>"
        for name, values in (("2024", ("4.3", "2")), ("2025", ("2.4", "7")))
    )
    title = '<c:title><a:t xmlns:a="a">Sales</a:t></c:title>'
    chart = f'<c:chartSpace xmlns:c="c"><c:chart>{title}<c:barChart>{series}</c:barChart></c:chart></c:chartSpace>'
    assert text_of(zipped({**DOCX, "word/charts/chart1.xml": chart})) == (
        "Words of a letter.\n\n| Sales | 2024 | 2025 |\n| --- | --- | --- |\n| North | 4.3 | 2.4 |\n| South | 2 | 7 |\n"
    )
