"""The base class of every section of the configuration."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[int, Field(gt=0)]


class Section(BaseModel):
    """A part of the configuration: frozen, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
