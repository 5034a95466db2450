"""Texts that scenarios of preprocess are made of."""

HANDBOOK = {
    "a": "# Travel\n\nBook early.\n\n# Hotels\n\nAsk travel@example.com.\n",
    "b": "# Holidays\n\nThirty days.\n",
    "c": "# TRAVEL\n\nBook   early.\n\n# Hotels\n\nAsk travel@example.com.\n",
    "d": " \n",
}
STORY = " ".join(f"Sentence number {number} tells of the {number * 7}th day." for number in range(30))
LONGER = f"{STORY} And then it ends, at last."
OTHER = " ".join(f"Recipe {number} needs {number * 3} grams of flour and an egg." for number in range(30))
LICENCE = "This page may be copied by everybody who keeps the name of its author on every copy that they make of it."
EQUAL_CHUNKS = {
    "a": f"# One\n\n{LICENCE}\n\n# Two\n\nOf his own.",
    "b": f"# Three\n\n{LICENCE}\n\n# Four\n\nSomething else.",
}
NOISE = "\n".join(["Buy now, buy cheap, buy here."] * 400)
GERMAN = "Der Vertrag beginnt am ersten Tag des Monats und endet nach zwei Jahren, wenn ihn niemand verlängert."
NOTICE = "Copyright 2026 Example Ltd. All rights reserved."
PAGES = {f"p{number}": f"# Page {number}\n\nThis is what page {number} says of itself.\n\n{NOTICE}" for number in range(8)}
