"""How a source is brought up to date."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SyncOptions:
    """Options of one run.

    Attributes:
        sample: at most so many items of each source (None: all). A sample deletes nothing.
        full_refresh: read every item again, not only those that may have changed.
        allow_mass_delete: delete however many documents are missing in the sources, and those of sources that are not
            configured any more.
    """

    sample: int | None = None
    full_refresh: bool = False
    allow_mass_delete: bool = False
