"""A fingerprint of everything that decides a stage's output. When it changes, that stage runs again, and those after it.

``REVISION`` is raised by hand when a stage's code starts to give other rows for the same input.
"""

from ragline.config.entity_model import installed_entity_model
from ragline.config.models import model_fingerprint, resolve_model, tokenizer_fingerprint
from ragline.config.settings import Settings
from ragline.contracts.fingerprints import fingerprint

REVISION = {"preprocess": 2, "index": 1}


def preprocess_fingerprint(settings: Settings) -> str:
    """Settings of ``preprocess``, the tokenizer that chunks are measured with, for ``semantic`` all of the model, and what
    finds names where they are asked for: documents are looked at again when that is installed."""
    personal_data = settings.preprocess.personal_data
    folder = resolve_model(settings.embedding.model, settings.root)
    return fingerprint(
        {
            "revision": REVISION["preprocess"],
            "preprocess": settings.preprocess.model_dump(mode="json", exclude={"seconds_per_document"}),
            "tokenizer": tokenizer_fingerprint(folder),
            "names": installed_entity_model(personal_data.entity_model) if personal_data.takes_a_model() else None,
            "similarity": model_fingerprint(folder) if settings.preprocess.chunk.strategy == "semantic" else None,
        }
    )


def base_model_fingerprint(settings: Settings) -> str:
    """The configured embedding model, before any fine-tuning."""
    return model_fingerprint(resolve_model(settings.embedding.model, settings.root))


def release_fingerprint(settings: Settings) -> str:
    """What embed and index add to the chunks: the configured model, its prompts, the index settings."""
    return fingerprint(
        {
            "revision": REVISION["index"],
            "model": base_model_fingerprint(settings),
            "prompts": [settings.embedding.query_prompt, settings.embedding.document_prompt],
            "index": settings.index.model_dump(mode="json"),
            "heading_prefix": settings.preprocess.chunk.heading_prefix,
        }
    )
