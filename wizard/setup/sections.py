"""The types that the setup files of all modes share.

Only this module and the modes' models use pydantic, since outside data enters here.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from wizard.setup import texts

Via = Literal["direct", "service-account"]


class Section(BaseModel):
    """A part of the setup file. Unknown keys are refused, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Grant(Section):
    """Roles to grant on one resource."""

    on: texts.ResourceName
    """The resource that the roles are granted on: projects/PROJECT_ID."""
    roles: Annotated[tuple[texts.GoogleRole, ...], Field(strict=False, min_length=1, examples=[["roles/viewer"]])]
    """The roles to grant."""


class Setup(Section):
    """A setup file. Each mode has a subclass, whose `mode` is the name of the mode."""

    version: Literal[1]
    """The version of the file format."""
    mode: str
    """Where the workloads run."""
