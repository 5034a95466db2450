"""What a migration is: one numbered change of the tables of lakes that older code wrote."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragline.lake.lake import Lake


@dataclass(frozen=True)
class Migration:
    """A change that every lake made before it goes through once.

    ``apply`` makes the change and says in words what it changed; nothing, where the lake has nothing of the kind. It may be
    killed half-way and run again, and two runs may apply it at the same moment: both must end with the same tables. It takes
    nothing away: ``replaces`` names the old tables, which ``ragline maintain`` removes after the retention.
    """

    number: int
    title: str
    apply: Callable[[Lake], Sequence[str]]
    replaces: tuple[str, ...] = ()
