"""How long what was deleted or replaced is kept: the section ``retention``."""

from typing import Annotated

from pydantic import Field

from ragline.config.section import Positive, Section

Days = Annotated[float, Field(ge=0)]


class RetentionSettings(Section):
    """How long releases, deleted documents and replaced rows stay. ``ragline maintain`` carries it out; days may be fractions."""

    releases: Positive = 5
    """So many newest releases stay, besides the champion and the one before it."""

    release_days: Days = 30
    """Releases younger than this stay, however many they are."""

    deleted: Days = 30
    """Nothing made of a document is kept for longer than this after its deletion. 0: it goes with the next maintenance."""

    superseded: Days = 30
    """Rows of a document's earlier content go at the latest after so long; earlier, where rewriting their file pays."""

    runs: Days = 365
    """Run manifests, lineage events and gate reports stay so long."""

    dead_share: Annotated[float, Field(gt=0, le=1)] = 0.2
    """A file of a table is written anew when so large a share of its rows does not count any more."""
