"""Which settings may change what a document says: all that do not say of themselves that they cannot."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True)
class CannotChangeText:
    """Annotates a setting that cannot change the text or the metadata of a document; ``because`` says how one knows.

    Every other setting of a source and of ``ingest`` is part of the fingerprint of what it shapes, a new one included.
    """

    because: str


def text_settings(section: BaseModel) -> dict[str, Any]:
    """The settings of a section that may change text, by name and ready for JSON, those of sections in it too.

    Defaults are left out, so that a setting that a later version adds changes no fingerprint before somebody uses it. Who
    changes a default raises ``PARSER_REVISION``.
    """
    fields = type(section).model_fields
    found = {
        name: value
        for name, value in section
        if name not in fields or (not is_without_effect(type(section), name) and value != _default(section, name))
    }
    dumped = section.model_dump(mode="json", include=set(found))
    return {name: text_settings(value) if isinstance(value, BaseModel) else dumped[name] for name, value in found.items()}


def is_without_effect(section: type[BaseModel], name: str) -> bool:
    """Whether a setting of a section says that it cannot change text."""
    return any(isinstance(note, CannotChangeText) for note in section.model_fields[name].metadata)


def _default(section: BaseModel, name: str) -> Any:
    return type(section).model_fields[name].get_default(call_default_factory=True)
