"""From the manifest of an older release to today's: pure functions on its JSON, one for each format, applied in turn.

A format is never removed from here: a release opens for years. Unknown keys are carried along.
"""

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]

RELEASE_FORMAT = 2


def stored_format(manifest: Mapping[str, Any]) -> int:
    """The format that a stored manifest says it has; the first one said nothing.

    Raises:
        ValueError: what it says is no format.
    """
    number = manifest.get("format", 1)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(f"its format is {number!r}")
    return number


def migrate(manifest: Mapping[str, Any]) -> Json:
    """The same manifest in today's format; one that has it already, as it is.

    Raises:
        ValueError: what it says is no format.
        KeyError, TypeError: it lacks something that its format must have.
    """
    migrated = dict(manifest)
    for number in range(stored_format(manifest), RELEASE_FORMAT):
        migrated = {**_MIGRATIONS[number](migrated), "format": number + 1}
    return migrated


def _from_1(manifest: Json) -> Json:
    """Format 1 kept the index settings as they were called then, and what the encoder is in two places."""
    kept = {key: value for key, value in manifest.items() if key not in ("index", "heading_prefix", "embedder")}
    index, embedder = manifest["index"], manifest["embedder"]
    query_prompt, document_prompt = index["prompts"]
    spec = {
        # There was one kind of vector index, and one analyser.
        "vectors": {"kind": "flat", "parameters": {}},
        "lexical": {"analyser": 1, "stemmer": index["lexical"]["stemmer"]},
        "fusion": {"method": "reciprocal_rank", **index["fusion"]},
        "encoder": {
            "fingerprint": embedder["fingerprint"],
            "dimension": embedder["dimension"],
            "query_prompt": query_prompt,
            "document_prompt": document_prompt,
        },
        "chunk_text": {"heading_prefix": manifest["heading_prefix"]},
    }
    reference = {key: value for key, value in embedder.items() if key not in ("fingerprint", "dimension")}
    return {**kept, "embedder": reference, "spec": spec}


_MIGRATIONS: Mapping[int, Callable[[Json], Json]] = {1: _from_1}
