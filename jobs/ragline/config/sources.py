"""The configuration of the places documents come from."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ragline.config.access import AccessLabels, Tenant
from ragline.config.addresses import refuse_credentials
from ragline.config.text_settings import CannotChangeText

_IN_METADATA_HASH = CannotChangeText("it is part of the metadata hash of every item")


class SourceSettings(BaseModel):
    """One place documents come from. Other keys belong to its type, whose class checks them.

    ``withdraw``: what searches hide before the next release. ``deleted``: documents that are gone. ``changed``: passages of a
    changed document, too, whose text no longer stands in it.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$"), CannotChangeText("under another name they are other documents")
    ]
    type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    tenant: Annotated[Tenant, _IN_METADATA_HASH] = ""
    access_labels: Annotated[AccessLabels, _IN_METADATA_HASH] = Field(default_factory=list)
    withdraw: Annotated[Literal["deleted", "changed"], CannotChangeText("it decides what searches hide")] = "deleted"

    @model_validator(mode="after")
    def _no_credentials(self) -> "SourceSettings":
        refuse_credentials(self.options)
        return self

    @property
    def options(self) -> dict[str, Any]:
        """The keys that belong to the source's type."""
        return dict(self.model_extra or {})
