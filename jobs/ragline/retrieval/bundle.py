"""A release's bundle: one folder that holds all a search needs, and a manifest with a checksum for every file.

Opening writes nothing to the folder. Where a library reads its own old index no more, the index is made again from the
bundle's chunks and vectors, for as long as the bundle is open.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from ragline.contracts.release_manifest import ReleaseManifest, read_release_manifest
from ragline.errors import ReleaseError, UnreadableIndex
from ragline.retrieval.checksums import MANIFEST, check_files
from ragline.retrieval.chunk_store import indexed_texts, open_chunks
from ragline.retrieval.encoder import Encoder, load_encoder
from ragline.retrieval.lexical import LexicalIndex, build_lexical_index, open_lexical_index
from ragline.retrieval.vectors.vector_index import VectorIndex, vector_index_kind

log = logging.getLogger(__name__)

LEXICAL, CHUNKS, EMBEDDER = "lexical", "chunks.arrow", "embedder"


@dataclass(frozen=True)
class Bundle:
    """An open bundle. Its parts are opened when asked for."""

    folder: Path
    manifest: ReleaseManifest

    def chunks(self) -> pa.Table:
        """The chunks, mapped into memory, in row order."""
        return open_chunks(self.folder / CHUNKS)

    def vectors(self) -> VectorIndex:
        """The vector index, mapped into memory.

        Raises:
            ReleaseError: it is damaged, or of a kind that this Ragline does not know.
        """
        spec = self.manifest.spec.vectors
        kind = vector_index_kind(spec)
        file = self.folder / kind.file_name
        try:
            return kind.open(file)
        except UnreadableIndex as error:
            self._check_before_rebuilding(kind.file_name, error)
        return kind.build(kind.read_vectors(file), spec.parameters)

    def lexical(self) -> LexicalIndex:
        """The lexical index.

        Raises:
            ReleaseError: it is damaged, or its analyser is unknown to this Ragline.
        """
        try:
            return open_lexical_index(self.folder / LEXICAL, self.manifest.spec.lexical)
        except UnreadableIndex as error:
            self._check_before_rebuilding(LEXICAL, error)
        texts = indexed_texts(self.chunks(), self.manifest.spec.chunk_text.heading_prefix)
        # The index holds its files open: they need no names once it stands, and are gone with it.
        with TemporaryDirectory(prefix="ragline-rebuilt-") as folder:
            return build_lexical_index(Path(folder), texts, self.manifest.spec.lexical)

    def encoder(self, device: str = "auto") -> Encoder:
        """The encoder that queries are put to, loaded onto a device."""
        spec = self.manifest.spec.encoder
        prompts = {"query_prompt": spec.query_prompt, "document_prompt": spec.document_prompt}
        return load_encoder(self.folder / EMBEDDER, device=device, **prompts)

    def _check_before_rebuilding(self, part: str, unreadable: UnreadableIndex) -> None:
        """Only what is as it was built may be replaced: a damaged part is refused, not papered over."""
        check_files(self.folder, self.manifest, part)
        log.warning("%s Its files are as they were built: it is made again from the release's chunks and vectors.", unreadable)


def open_bundle(folder: Path) -> Bundle:
    """Open a bundle by its manifest. Checksums are not looked at (``verify_bundle`` does).

    Raises:
        ReleaseError: there is no bundle, its manifest is damaged, or only a newer Ragline reads it.
    """
    try:
        return Bundle(folder, read_release_manifest((folder / MANIFEST).read_bytes()))
    except OSError as error:
        raise ReleaseError(f"There is no release bundle in {folder}: {error.strerror}.") from error
    except ReleaseError as error:
        raise ReleaseError(f"The release bundle in {folder} cannot be opened. {error}") from error


def verify_bundle(folder: Path) -> ReleaseManifest:
    """The manifest, once every file it lists is found whole.

    Raises:
        ReleaseError: a file is missing or differs from what was built; says which.
    """
    manifest = open_bundle(folder).manifest
    check_files(folder, manifest)
    return manifest
