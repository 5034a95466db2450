"""Which function computes the facts of which table."""

from collections.abc import Callable

from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS, FEEDBACK
from ragline.gates.chunk_facts import chunk_facts
from ragline.gates.document_facts import document_facts
from ragline.gates.embedding_facts import embedding_facts
from ragline.gates.facts import Facts
from ragline.gates.feedback_facts import feedback_facts
from ragline.gates.inspection import Inspection

_COMPUTE: dict[str, Callable[[Inspection], Facts]] = {
    DOCUMENTS.name: document_facts,
    CHUNKS.name: chunk_facts,
    EMBEDDINGS.name: embedding_facts,
    FEEDBACK.name: feedback_facts,
}


def facts_of(inspection: Inspection) -> Facts:
    """The facts of a table at a version; other tables they are held against are recorded as read."""
    return _COMPUTE[inspection.table.name](inspection)
