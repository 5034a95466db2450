"""The sections of a document: what stands under one heading, up to the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ragline.preprocess.chunking.markdown_blocks import Block


@dataclass(frozen=True)
class Section:
    """A heading with the headings above it (outermost first, its own last; none before the first heading) and its body."""

    headings: tuple[Block, ...]
    body: tuple[Block, ...]


def sections(blocks: Iterable[Block]) -> Iterator[Section]:
    """Cut a document's blocks at every heading."""
    headings: tuple[Block, ...] = ()
    body: list[Block] = []
    for block in blocks:
        if block.kind != "heading":
            body.append(block)
            continue
        if headings or body:
            yield Section(headings, tuple(body))
        headings = (*(above for above in headings if above.level < block.level), block)
        body = []
    if headings or body:
        yield Section(headings, tuple(body))
