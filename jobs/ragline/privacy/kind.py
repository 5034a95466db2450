"""Define a kind of personal data or secret (an e-mail address, a credit card number) and list all kinds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ragline.config.personal_data import Action
from ragline.config.registries import PERSONAL_DATA_KINDS, members_of
from ragline.privacy.finding import Finding
from ragline.privacy.searched_text import SearchedText

Detector = Callable[[SearchedText], Iterator[Finding]]


@dataclass(frozen=True)
class Kind:
    """A kind of personal data or secret. Each is listed in ``MEMBERS`` of a module in ``kinds``, beside its detector.

    ``rank`` orders kinds by how sure their evidence is: of two findings that overlap, the one of lower rank is kept.
    ``detector`` finds it in a text by patterns; None if only a model can find it. ``recommended`` is what is done with it
    where the configuration does not say.
    """

    name: str
    rank: int
    detector: Detector | None
    recommended: Action = "redact"

    @property
    def takes_a_model(self) -> bool:
        """Whether only a model can find it; it is then searched for only where a policy names it."""
        return self.detector is None

    @property
    def placeholder(self) -> str:
        """The text that replaces what was redacted."""
        return f"[{self.name.upper()}]"


def kinds() -> dict[str, Kind]:
    """Get all kinds by name, from the surest evidence to the weakest."""
    return members_of(PERSONAL_DATA_KINDS)
