"""What the first half of a run decided: which documents are cut into chunks."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.preprocess.boilerplate_blocks import BlockHashes
from ragline.preprocess.decisions import CHUNKED
from ragline.preprocess.joins import anti_join, semi_join


@dataclass(frozen=True)
class DocumentDecisions:
    """The changes of a run and the decisions on documents. All frames but ``new_pairs`` have a ``doc_id``.

    ``previous``: document state as the last run left it. ``changed``: documents to process, with ``deleted`` and their place.
    ``removed``: documents that are no more. ``decided``: profile and decision of the changed documents that exist, and of
    others on which the decision is another than before. ``copies``: all documents that are left out as copies, with
    ``kept_id, method, score``. ``new_pairs``: similarities computed in this run; None if there are none. ``boilerplate``: by
    source, hashes of the blocks to leave out.
    """

    previous: DataFrame
    changed: DataFrame
    removed: DataFrame
    decided: DataFrame
    copies: DataFrame
    new_pairs: DataFrame | None
    boilerplate: BlockHashes

    @property
    def present(self) -> DataFrame:
        """The changed documents that exist."""
        return self.changed.filter(~F.col("deleted"))

    def to_cut(self) -> DataFrame:
        """Ids of the documents to cut: changed ones, and others that are kept from now on because their original is not."""
        chunked = self.decided.filter(F.col("outcome") == CHUNKED).select("doc_id")
        # Decided anew, chunked as before and unchanged: its chunks are in the table and right.
        still_right = anti_join(semi_join(self.previously_chunked(), chunked), self.changed)
        return anti_join(chunked, still_right)

    def no_longer_chunked(self) -> DataFrame:
        """Ids of documents that had chunks and are left out now, or removed."""
        left_out = self.decided.filter(F.col("outcome") != CHUNKED).select("doc_id")
        return semi_join(self.previously_chunked(), left_out.unionByName(self.removed))

    def previously_chunked(self) -> DataFrame:
        """Ids of the documents that the last run had chunks of."""
        return self.previous.filter(F.col("outcome") == CHUNKED).select("doc_id")
