from tests.ingest.extract.archives import DOCX, zipped
from tests.ingest.extract.extracted import text_of

WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def word_cell(*content: str) -> str:
    return "<w:tc>" + "".join(content) + "</w:tc>"


def word_paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def test_a_word_table_of_one_cell_is_a_frame_around_what_is_in_it():
    inner = word_table(
        word_cell(word_paragraph("Part")) + word_cell(word_paragraph("Cost")),
        word_cell(word_paragraph("Lamp")) + word_cell(word_paragraph("3")),
    )
    frame = word_table(word_cell(word_paragraph("In a box."), inner, word_paragraph("")))
    document = WORD.format(word_paragraph("Before.") + frame + word_paragraph("After."))
    assert text_of(zipped({**DOCX, "word/document.xml": document})) == (
        "Before.\n\nIn a box.\n\n| Part | Cost |\n| --- | --- |\n| Lamp | 3 |\n\nAfter.\n"
    )
