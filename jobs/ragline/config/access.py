"""Access labels and tenants: what counts as one, wherever they are written down."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints


def labels_in(value: Any) -> tuple[str, ...] | None:
    """The labels in a value that a source gives: a list, or text with commas or semicolons between them.

    None if there is no label in it (nothing, blanks, a lone comma, an empty list): it says nothing, so that it cannot replace
    the restrictive labels of a rule or a source by none.

    Raises:
        ValueError: it is neither text nor a list of texts: it may hide a secret.
    """
    if value is None:
        return None
    parts = re.split("[,;]", value) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError(f"access labels must be text or a list of texts; it is {value!r:.80}")
    return tuple(label for part in parts if (label := part.strip())) or None


def _without_blanks(labels: list[str]) -> list[str]:
    stripped = [label.strip() for label in labels]
    if not all(stripped):
        raise ValueError("one of the labels is blank; an empty list means that everybody may read")
    return stripped


# Labels in the configuration. Other than in a source's fields an empty list says something: no label at all.
AccessLabels = Annotated[list[str], AfterValidator(_without_blanks)]
Tenant = Annotated[str, StringConstraints(strip_whitespace=True)]
