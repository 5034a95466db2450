"""The configuration of lineage events."""

from typing import Any

from ragline.config.section import Section


class LineageSettings(Section):
    """Where OpenLineage events go: one file per event under the lake, or any transport of the client."""

    namespace: str = "ragline"
    transport: dict[str, Any] | None = None
