"""The configuration of the places documents come from."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ragline.config.access import AccessLabels, Tenant


class SourceSettings(BaseModel):
    """One place documents come from. Other keys belong to its type, whose class checks them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
    type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    tenant: Tenant = ""
    access_labels: AccessLabels = Field(default_factory=list)

    @property
    def options(self) -> dict[str, Any]:
        """The keys that belong to the source's type."""
        return dict(self.model_extra or {})
