from tests.ingest.extract.extracted import only


def test_markdown_restructuredtext_and_html_say_who_wrote_them_and_when():
    said = {"authors": ["Ada Roe"], "created": "2025-03-01T00:00:00", "keywords": ["lamp", "light"]}
    front = "---\nauthor: Ada Roe\ndate: 2025-03-01\ntags: [lamp, light]\n---\n# Lamps\n"
    fields = "Lamps\n=====\n\n:Author: Ada Roe\n:Date: 2025-03-01\n:Keywords: lamp, light\n\nWords.\n"
    page = (
        '<html lang="en"><head><meta name="author" content="Ada Roe"><meta name="keywords" content="lamp, light">'
        '<meta property="article:published_time" content="2025-03-01"></head><body><p>See <a href="https://x.example">it</a>.</p>'
    )
    assert only(front, "a.md").parsed.metadata == said
    assert only(fields, "a.rst").parsed.metadata == said
    assert only(page, "a.html").parsed.metadata == {**said, "language": "en", "links": ["https://x.example"]}
