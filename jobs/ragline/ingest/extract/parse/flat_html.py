"""The words of a page whose tags nest too deep for a tree: hundreds that were never closed, as a rule."""

from html.parser import HTMLParser

_UNSEEN = {"script", "style", "nav", "template", "noscript", "svg", "iframe", "object", "head"}


def words_of(markup: str) -> list[str]:
    """Each run of text between two tags that a reader sees."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return reader.words


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN and len(self._unseen) < 100:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            del self._unseen[self._unseen.index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self._unseen and (words := " ".join(data.split())):
            self.words.append(words)
