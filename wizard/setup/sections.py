"""What the setup files of all modes have in common, as types.

pydantic only here and in the modes' models, at the border where outside data comes in.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from wizard.setup import texts

Via = Literal["direct", "service-account"]


class Section(BaseModel):
    """A part of the setup file: unknown keys are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Grant(Section):
    """Roles on one resource."""

    on: texts.ResourceName
    """The resource that the roles are granted on: projects/PROJECT_ID."""
    roles: Annotated[tuple[texts.GoogleRole, ...], Field(strict=False, min_length=1, examples=[["roles/viewer"]])]
    """The roles to grant."""


class Setup(Section):
    """What an operator wants. Each mode has a subclass, whose `mode` is the mode's name."""

    version: Literal[1]
    """The version of this file's form."""
    mode: str
    """Where the workloads run."""
