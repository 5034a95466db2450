"""Whether the stage that reads a published table is behind it."""

from ragline.config.fingerprints import preprocess_fingerprint, release_fingerprint
from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.lake.kept_releases import last_built
from ragline.runtime.run import Run


def downstream_is_behind(run: Run, table: str, version: int) -> bool:
    """True if the next stage has made nothing yet, or from another version of ``table``, or with another configuration.

    A table is behind too while the one made of it is: a new run starts at the sources, and a changed model must still
    reach ``build_release`` through stages that have nothing to do.
    """
    if table == DOCUMENTS.name:
        chunks = run.lake.last_commit(CHUNKS)
        made = None if chunks is None else (chunks.inputs.get(table), chunks.fingerprint)
        if chunks is None or made != (version, preprocess_fingerprint(run.settings)):
            return True
        return downstream_is_behind(run, CHUNKS.name, chunks.version)
    if table == CHUNKS.name:
        release = last_built(run.lake)
        made = None if release is None else (release.inputs.get(table), release.config_fingerprint)
        return made != (version, release_fingerprint(run.settings))
    return False
