"""Search the champion a few times and show where each passage came from."""

from rich.text import Text

from ragline.config.settings import Settings
from ragline.registry.searchers import open_searcher
from ragline.retrieval.hit import Hit
from ragline.retrieval.request import MAX_QUERY_CHARACTERS
from ragline.runtime.shown_text import shown
from ragline.runtime.terminal import Terminal

PACKAGE_QUESTIONS = (
    "parse command line arguments into a typed application",
    "retry a function that failed, with exponential backoff",
    "find near-duplicate documents with MinHash",
)
PASSAGES = 2


def show_searches(settings: Settings, terminal: Terminal) -> None:
    """Search the champion: questions about packages for the demo's corpus, the corpus's own titles for any other.

    Raises:
        RegistryError: nothing serves.
    """
    searcher = open_searcher(settings)
    packages = any(source.type == "python_packages" for source in settings.sources)
    titles = dict.fromkeys(title for title in searcher.chunks["title"].to_pylist() if title)
    questions = PACKAGE_QUESTIONS if packages else tuple(title[:MAX_QUERY_CHARACTERS] for title in list(titles)[:3])
    for question, hits in zip(questions, searcher.search(list(questions), k=PASSAGES), strict=True):
        terminal.print(Text(f"\n{shown(question, 300)}", "bold"))
        for hit in hits:
            _show(hit, terminal)


def _show(hit: Hit, terminal: Terminal) -> None:
    terminal.print(f"  {hit.rank}. {shown(' '.join(hit.text.split()), 220)}")
    start, end = hit.span
    place = shown(f"{hit.source}/{hit.source_id}", 500)
    terminal.print(
        f"     {place}, characters {start} to {end}; release {hit.release}; built by {hit.run}",
        style="bright_black",
        soft_wrap=True,
    )
