"""The lexical index of a release: BM25 over the text that the encoder reads, by tantivy."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from ragline.contracts.release_spec import LexicalIndexSpec
from ragline.errors import UnreadableIndex
from ragline.retrieval.analysers import make_analyser

_TEXT, _ROW, _TOKENIZER = "text", "row", "ragline"
_WRITER_MEMORY = 200_000_000


@dataclass(frozen=True)
class LexicalIndex:
    """A searchable set of texts, each known by its row."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    analyser: tantivy.TextAnalyzer

    def __len__(self) -> int:
        return int(self.searcher.num_docs)

    def search(self, query: str, k: int) -> tuple[list[int], list[float]]:
        """Rows and BM25 scores of the k best texts that share a term with the query, best first.

        The query is plain text: it is cut into terms as the texts were, and never parsed as a query language.
        """
        terms = Counter(self.analyser.analyze(query))
        if not terms:
            return [], []
        hits = self.searcher.search(self._any_of(terms), k, count=False).hits
        rows = self.searcher.fast_field_values(_ROW, [address for _, address in hits])
        return [int(row) for row in rows if row is not None], [float(score) for score, _ in hits]

    def _any_of(self, terms: Counter[str]) -> tantivy.Query:
        clauses = []
        for term, times in terms.items():
            clause = tantivy.Query.term_query(self.schema, _TEXT, term, index_option="freq")
            clauses.append((tantivy.Occur.Should, clause if times == 1 else tantivy.Query.boost_query(clause, times)))
        return tantivy.Query.boolean_query(clauses)


def build_lexical_index(folder: Path, texts: Iterable[str], spec: LexicalIndexSpec) -> LexicalIndex:
    """Index texts into a new folder; the i-th one has row i.

    Raises:
        ReleaseError: there is no such analyser, or no stemmer for the language.
    """
    analyser, schema = make_analyser(spec), _schema()
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema, path=str(folder))
    index.register_tokenizer(_TOKENIZER, analyser)
    writer = index.writer(heap_size=_WRITER_MEMORY, num_threads=1)  # one thread: documents keep the order of their rows
    for row, text in enumerate(texts):
        document = tantivy.Document()
        document.add_unsigned(_ROW, row)
        document.add_text(_TEXT, text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return LexicalIndex(schema, index.searcher(), analyser)


def open_lexical_index(folder: Path, spec: LexicalIndexSpec) -> LexicalIndex:
    """Open an index that was built with the same specification. Nothing is written to its folder.

    Raises:
        ReleaseError: the analyser is unknown.
        UnreadableIndex: there is no index in the folder that tantivy can read.
    """
    analyser = make_analyser(spec)
    try:
        # tantivy writes a lock file beside the index that it opens, which a read-only folder refuses: it gets a folder of
        # links instead. The searcher holds every file open, so that the links may go as soon as it stands.
        with TemporaryDirectory(prefix="ragline-lexical-") as links:
            for file in folder.resolve().iterdir():
                if file.suffix != ".lock":
                    (Path(links) / file.name).symlink_to(file)
            index = tantivy.Index.open(links)
            index.register_tokenizer(_TOKENIZER, analyser)
            return LexicalIndex(index.schema, index.searcher(), analyser)
    except (ValueError, OSError) as error:
        raise UnreadableIndex(f"The lexical index in {folder} cannot be opened: {error}") from error


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TEXT, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_unsigned_field(_ROW, fast=True)
    return builder.build()
