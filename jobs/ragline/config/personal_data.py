"""The configuration of what is done with personal data and secrets."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ragline.config.registries import PERSONAL_DATA_KINDS, members_of, one_of
from ragline.config.section import Section

Action = Literal["keep", "tag", "redact", "drop"]
KindName = Annotated[str, AfterValidator(one_of(PERSONAL_DATA_KINDS))]


class PersonalDataPolicy(Section):
    """What to do with what is found: ``keep`` it and say nothing, ``tag`` the chunks that hold it, ``redact`` it (a typed
    placeholder takes its place), ``drop`` the document. ``policy`` is for all kinds that ``kinds`` does not name, except
    those that only a model finds (``person``, ``address``), which have to be named."""

    policy: Action | None = None
    kinds: dict[KindName, Action] = Field(default_factory=dict)

    def action_for(self, kind: str) -> Action | None:
        """What this policy says of a kind, if it does."""
        if kind in self.kinds:
            return self.kinds[kind]
        return None if members_of(PERSONAL_DATA_KINDS)[kind].takes_a_model else self.policy

    def actions(self) -> dict[str, Action]:
        """What is done with each kind under this policy alone: what it says, then what is recommended for the kind."""
        known = members_of(PERSONAL_DATA_KINDS)
        return {name: self.action_for(name) or kind.recommended for name, kind in known.items()}


class PersonalDataSettings(PersonalDataPolicy):
    """The policy for every source, and by source's name what is different there.

    ``allow`` lists values that are left alone wherever they stand; one that begins with @ allows all addresses of a domain.
    """

    sources: dict[str, PersonalDataPolicy] = Field(default_factory=dict)
    allow: tuple[str, ...] = ()
    entity_model: str = "en_core_web_sm"

    def actions_for(self, source: str) -> dict[str, Action]:
        """What is done with each kind in one source: what the source's own policy says, then the policy for all sources, then
        what is recommended for the kind."""
        policies = [self.sources[source], self] if source in self.sources else [self]
        return {
            name: next((action for policy in policies if (action := policy.action_for(name))), kind.recommended)
            for name, kind in members_of(PERSONAL_DATA_KINDS).items()
        }

    def asks_for(self, kind: str) -> bool:
        """Whether a source's policy for the kind is anything but ``keep``."""
        return any(self.actions_for(source)[kind] != "keep" for source in ("", *self.sources))

    def takes_a_model(self) -> bool:
        """Whether the configuration asks for a kind that only a model finds."""
        return any(kind.takes_a_model and self.asks_for(name) for name, kind in members_of(PERSONAL_DATA_KINDS).items())
