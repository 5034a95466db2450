"""What a kind of personal data or secrets is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ragline.config.personal_data import Action
from ragline.config.registries import PERSONAL_DATA_KINDS, members_of
from ragline.privacy.finding import Finding
from ragline.privacy.searched_text import SearchedText

Detector = Callable[[SearchedText], Iterator[Finding]]


@dataclass(frozen=True)
class Kind:
    """A kind of personal data. A module in ``kinds`` lists it in ``MEMBERS``, beside its detector.

    ``rank``: of two findings that overlap the one of lower rank, with the surer evidence, wins. ``detector``: finds it by
    patterns; None for what takes a model to find. ``recommended``: what is done with it where the configuration says nothing.
    """

    name: str
    rank: int
    detector: Detector | None
    recommended: Action = "redact"

    @property
    def takes_a_model(self) -> bool:
        """Whether no pattern finds it: it is only looked for where a policy names it."""
        return self.detector is None

    @property
    def placeholder(self) -> str:
        """What stands in a text where something of this kind was hidden."""
        return f"[{self.name.upper()}]"


def kinds() -> dict[str, Kind]:
    """All kinds by name, from the surest evidence to the weakest."""
    return members_of(PERSONAL_DATA_KINDS)
