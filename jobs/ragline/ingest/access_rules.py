"""Tenant and access labels of an item, by rules on its id."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from pathspec import GitIgnoreSpec
from pydantic import BaseModel, ConfigDict, model_validator

from ragline.config.access import AccessLabels, Tenant
from ragline.ingest.item import Item


class AccessRule(BaseModel):
    """``tenant`` and ``access_labels`` for the items whose id matches ``match``: patterns as in a .gitignore file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: str | list[str]
    tenant: Tenant | None = None
    access_labels: AccessLabels | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "AccessRule":
        if self.tenant is None and self.access_labels is None:
            raise ValueError("a rule needs access_labels, tenant, or both")
        return self

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        return GitIgnoreSpec.from_lines([self.match] if isinstance(self.match, str) else self.match)

    def matches(self, source_id: str) -> bool:
        """Whether the rule holds for an item."""
        return self._spec.match_file(source_id)


def with_access(item: Item, rules: Sequence[AccessRule]) -> Item:
    """The item with the tenant and labels of the last rule that matches, for each of the two; its own (a column) win."""
    tenant, labels = item.tenant, item.access_labels
    for rule in reversed(rules) if tenant is None or labels is None else ():
        if rule.matches(item.source_id):
            tenant = rule.tenant if tenant is None else tenant
            labels = tuple(rule.access_labels) if labels is None and rule.access_labels is not None else labels
    if (tenant, labels) == (item.tenant, item.access_labels):
        return item
    return replace(item, tenant=tenant, access_labels=labels)
