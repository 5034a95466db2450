"""How a search learns what was deleted since its release was made, and what it does when it cannot."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class DeletionPolicy(BaseModel):
    """Stands in a release's manifest, so that a model server knows it; a release from before has the default.

    ``deletions``: ``strict`` answers nothing until the deletions were read once, and nothing when they could not be read for
    ``outage_seconds``. ``last_known`` answers by what was known last, be it nothing.
    ``refresh_seconds``: a search uses no list of deletions that is older, if the lake can be reached.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    deletions: Literal["strict", "last_known"] = "strict"
    refresh_seconds: Seconds = 5
    outage_seconds: Seconds = 300

    @model_validator(mode="after")
    def _an_outage_is_longer_than_a_refresh(self) -> "DeletionPolicy":
        if self.outage_seconds < self.refresh_seconds:
            raise ValueError(f"outage_seconds is {self.outage_seconds:g}, less than refresh_seconds {self.refresh_seconds:g}")
        return self
