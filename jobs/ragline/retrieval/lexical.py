"""The lexical index of a release: BM25 over the text that the encoder reads, by tantivy."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.index import LexicalSettings
from ragline.errors import ConfigError, ReleaseError

if TYPE_CHECKING:
    import tantivy

_TEXT, _ROW, _TOKENIZER = "text", "row", "ragline"
_LONGEST_TOKEN = 60
_WRITER_MEMORY = 200_000_000

# The languages that tantivy's Snowball stemmers know.
STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


@dataclass(frozen=True)
class LexicalIndex:
    """A searchable set of texts, each known by its row."""

    schema: "tantivy.Schema"
    searcher: "tantivy.Searcher"
    analyzer: "tantivy.TextAnalyzer"

    def __len__(self) -> int:
        return int(self.searcher.num_docs)

    def search(self, query: str, k: int) -> tuple[list[int], list[float]]:
        """Rows and BM25 scores of the k best texts that share a term with the query, best first.

        The query is plain text: it is cut into terms as the texts were, and never parsed as a query language.
        """
        terms = Counter(self.analyzer.analyze(query))
        if not terms:
            return [], []
        hits = self.searcher.search(self._any_of(terms), k, count=False).hits
        rows = self.searcher.fast_field_values(_ROW, [address for _, address in hits])
        return [int(row) for row in rows if row is not None], [float(score) for score, _ in hits]

    def _any_of(self, terms: Counter[str]) -> "tantivy.Query":
        import tantivy

        clauses = []
        for term, times in terms.items():
            clause = tantivy.Query.term_query(self.schema, _TEXT, term, index_option="freq")
            clauses.append((tantivy.Occur.Should, clause if times == 1 else tantivy.Query.boost_query(clause, times)))
        return tantivy.Query.boolean_query(clauses)


def build_lexical_index(folder: Path, texts: Iterable[str], settings: LexicalSettings) -> LexicalIndex:
    """Index texts into a new folder; the i-th one has row i.

    Raises:
        ConfigError: there is no stemmer for the configured language.
    """
    import tantivy

    analyzer, schema = _analyzer(settings), _schema()
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema, path=str(folder))
    index.register_tokenizer(_TOKENIZER, analyzer)
    writer = index.writer(heap_size=_WRITER_MEMORY, num_threads=1)  # one thread: documents keep the order of their rows
    for row, text in enumerate(texts):
        document = tantivy.Document()
        document.add_unsigned(_ROW, row)
        document.add_text(_TEXT, text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return LexicalIndex(schema, index.searcher(), analyzer)


def open_lexical_index(folder: Path, settings: LexicalSettings) -> LexicalIndex:
    """Open an index that was built with the same settings.

    Raises:
        ReleaseError: there is no readable index in the folder.
    """
    import tantivy

    try:
        index = tantivy.Index.open(str(folder))
        analyzer = _analyzer(settings)
        index.register_tokenizer(_TOKENIZER, analyzer)
        return LexicalIndex(index.schema, index.searcher(), analyzer)
    except (ValueError, OSError) as error:
        raise ReleaseError(f"The lexical index in {folder} cannot be opened: {error}") from error


def _schema() -> "tantivy.Schema":
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TEXT, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_unsigned_field(_ROW, fast=True)
    return builder.build()


def _analyzer(settings: LexicalSettings) -> "tantivy.TextAnalyzer":
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(_LONGEST_TOKEN)).filter(tantivy.Filter.lowercase())
    if settings.stemmer is not None:
        if settings.stemmer not in STEMMERS:
            raise ConfigError(
                f"index.lexical.stemmer is {settings.stemmer!r}: there are stemmers for {', '.join(STEMMERS)}; null means none."
            )
        builder = builder.filter(tantivy.Filter.stemmer(STEMMERS[settings.stemmer]))
    return builder.build()
