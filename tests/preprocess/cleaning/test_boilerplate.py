from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.config.preprocess import BoilerplateSettings
from ragline.preprocess.cleaning.boilerplate import block_hashes, remove_boilerplate, threshold
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.normalise import normalise

SETTINGS = BoilerplateSettings()
TOPICS = ["gears", "valves", "pumps", "belts", "motors", "bearings", "springs", "seals", "filters", "hoses"]


def body(number: int) -> str:
    topic = TOPICS[number % 10]
    return (
        f"# Part {number}\n\nPart {number} is one of our {topic}; it weighs {number * 7} grams.\n\nOrder it as {topic}-{number}."
    )


def without_boilerplate(texts: list[str]) -> list[str]:
    cleaned = [normalise(text) for text in texts]
    counts = Counter(mark for text in cleaned for mark in block_hashes(text.text))
    marks = {mark for mark, count in counts.items() if count >= threshold(len(texts), mark, SETTINGS)}
    return [remove_boilerplate(text, marks)[0].text for text in cleaned]


def test_navigation_goes_though_each_page_leaves_out_its_own_link() -> None:
    links = [f"- [Part {number}](/parts/{number})" for number in range(50)]
    pages = ["\n".join(links[:number] + links[number + 1 :]) + "\n\n" + body(number) for number in range(50)]
    assert without_boilerplate(pages) == [body(number) for number in range(50)]


def test_a_line_of_links_goes() -> None:
    navigation = "[Home](/) | [Products](/products) | [About us](/about)"
    pages = [f"{navigation}\n\n{body(number)}\n\n{navigation}" for number in range(50)]
    assert without_boilerplate(pages) == [body(number) for number in range(50)]


def test_footer_of_every_page_goes() -> None:
    pages = [f"{body(number)}\n\nAcme Ltd, 1 Long Road, Springfield. We are open daily." for number in range(50)]
    assert without_boilerplate(pages) == [body(number) for number in range(50)]


def test_copyright_goes_whatever_its_year() -> None:
    pages = [f"{body(number)}\n\n© {1990 + number} Acme Ltd" for number in range(50)]
    assert without_boilerplate(pages) == [body(number) for number in range(50)]


def test_signatures_of_a_few_people_go_from_their_mail() -> None:
    signatures = [f"-- \n{name} Smith\nAcme Ltd\n+1 555 010 {number}" for number, name in enumerate(["Ann", "Bob", "Cy", "Di"])]
    mails = [f"Dear all,\nabout part {number}: {TOPICS[number % 10]} sell.\n{signatures[number % 4]}" for number in range(50)]
    expected = [f"Dear all,\nabout part {number}: {TOPICS[number % 10]} sell." for number in range(50)]
    assert without_boilerplate(mails) == expected


def test_licence_header_of_a_tenth_of_the_documents_goes() -> None:
    licence = "Licensed under the Apache License, Version 2.0; you may not use this file except in compliance with it."
    pages = [f"{licence}\n\n{body(number)}" if number < 6 else body(number) for number in range(50)]
    assert without_boilerplate(pages) == [body(number) for number in range(50)]


@pytest.mark.parametrize(
    "shared",
    [
        "## Installation",
        "Installation\n------------",
        "```\npip install acme\n\nacme --help\n```",
        "    pip install acme --with everything",
        "| Part | Price |\n| --- | --- |\n| Gear | 12.50 |",
        "Department: Sales of the Northern region",
        "- **Status:** approved for production\n- **Owner:** Ann Smith",
        "Yes.",
    ],
    ids=["heading", "underlined heading", "fence", "indented code", "table", "fact", "facts", "answer"],
)
def test_what_all_documents_share_stays_if_it_is(shared: str) -> None:
    pages = [f"{shared}\n\n{body(number)}\n\n{shared}" for number in range(50)]
    assert without_boilerplate(pages) == pages


def test_a_clause_of_a_third_of_the_documents_stays() -> None:
    clause = "This agreement is governed by the laws of the state of Oregon."
    pages = [f"{body(number)}\n\n{clause}" if number % 3 == 0 else body(number) for number in range(50)]
    assert without_boilerplate(pages) == pages


def test_documents_made_from_one_form_keep_it() -> None:
    form = "\n\n".join(f"Clause {name}: the parties agree on {name} as usual among parties." for name in TOPICS)
    pages = [f"Contract with customer {number}.\n\n{form}" for number in range(50)]
    assert without_boilerplate(pages) == pages


def test_copies_of_the_licence_itself_stay() -> None:
    licence = "# Licence\n\nThis document has been placed in the public domain."
    assert without_boilerplate([licence] * 50) == [licence] * 50


def test_what_stands_in_the_middle_of_a_document_stays() -> None:
    notice = "© Acme Ltd"
    pages = []
    for number in range(50):
        filling = [f"Paragraph {part} of document {number}." for part in range(24)]
        pages.append("\n\n".join([*filling[:12], notice, *filling[12:]]))
    assert without_boilerplate(pages) == pages


def test_what_is_left_keeps_its_place() -> None:
    text = f"[Home](/)\n\n{body(3)}\n\n© Acme"
    cleaned = normalise(text)
    result, removed = remove_boilerplate(cleaned, block_hashes("[Home](/)\n\n© Acme"))
    assert (result.text, removed) == (body(3), len(text) - len(body(3)))
    start = result.text.index("Order")
    assert text[result.origin_of_start(start) : result.origin_of_end(len(result.text))] == "Order it as belts-3."


def test_threshold_moves_in_steps_of_the_number_of_documents() -> None:
    assert [threshold(documents, 2, SETTINGS) for documents in (1, 20, 47, 48, 63, 64, 1000)] == [10, 10, 16, 24, 24, 32, 384]
    assert [threshold(documents, 1, SETTINGS) for documents in (1, 250, 256, 511, 1000)] == [5, 5, 6, 8, 16]


PIECES = st.sampled_from(
    [
        "text of value here",
        "© Acme",
        "[Home](/)",
        "- [A](/a)\n- [B](/b)",
        "--\nAnn",
        "# Head",
        "Head\n---",
        "```",
        "| a |",
        "",
        "- x: y",
    ]
)


@given(st.lists(PIECES, max_size=30).map("\n\n".join), st.sets(st.integers(0, 40)))
def test_removal_takes_out_whole_lines_in_order(text: str, chosen: set[int]) -> None:
    marks = [mark for number, mark in enumerate(block_hashes(text)) if number in chosen]
    result, removed = remove_boilerplate(CleanedText.of(text), marks)
    assert len(text) - len(result.text) == removed
    lines = iter(text.split("\n"))
    assert all(line in lines for line in result.text.split("\n")), "left lines are the text's, in their order"
