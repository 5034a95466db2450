"""The configuration of the places documents come from."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ragline.config.access import AccessLabels, Tenant


class SourceSettings(BaseModel):
    """One place documents come from. Other keys belong to its type, whose class checks them.

    ``withdraw``: what searches hide before the next release. ``deleted``: documents that are gone. ``changed``: passages of a
    changed document, too, whose text no longer stands in it.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
    type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    tenant: Tenant = ""
    access_labels: AccessLabels = Field(default_factory=list)
    withdraw: Literal["deleted", "changed"] = "deleted"

    @property
    def options(self) -> dict[str, Any]:
        """The keys that belong to the source's type."""
        return dict(self.model_extra or {})
