"""Search the champion a few times and show where each passage came from."""

from rich.console import Console

from ragline.config.settings import Settings
from ragline.registry.searchers import open_searcher
from ragline.retrieval.hit import Hit

PACKAGE_QUESTIONS = (
    "parse command line arguments into a typed application",
    "retry a function that failed, with exponential backoff",
    "find near-duplicate documents with MinHash",
)
PASSAGES = 2


def show_searches(settings: Settings, console: Console) -> None:
    """Search the champion: questions about packages for the demo's corpus, the corpus's own titles for any other.

    Raises:
        RegistryError: nothing serves.
    """
    searcher = open_searcher(settings)
    packages = any(source.type == "python_packages" for source in settings.sources)
    titles = dict.fromkeys(title for title in searcher.chunks["title"].to_pylist() if title)
    questions = PACKAGE_QUESTIONS if packages else tuple(titles)[:3]
    for question, hits in zip(questions, searcher.search(list(questions), k=PASSAGES), strict=True):
        console.print(f"\n[bold]{question}[/]", highlight=False)
        for hit in hits:
            _show(hit, console)


def _show(hit: Hit, console: Console) -> None:
    passage = " ".join(hit.text.split())
    console.print(f"  {hit.rank}. {passage[:220]}{'…' if len(passage) > 220 else ''}", highlight=False, markup=False)
    start, end = hit.span
    console.print(
        f"     {hit.source}/{hit.source_id}, characters {start} to {end}; release {hit.release}; built by {hit.run}",
        style="bright_black",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
