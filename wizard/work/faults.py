"""Faults: what breaks a setup that works, as YAML files in assets/scenarios/faults, one fault a file.

A file names a scenario, the steps that break its world, and the finding that the doctor must make. The steps are
requests that anyone with the operator's permissions could send, so a fault needs no gcloud, aws or kubectl.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from wizard.language import _
from wizard.modes.mode import table
from wizard.setup import document
from wizard.setup.problems import BadInput, SetupError
from wizard.setup.yaml_text import as_yaml

Json = dict[str, Any]

_NO_FAULT = 'the fault "{name}" does not exist: run `wif-wizard demo --list` to list all faults'

RANDOM = "random"
"""Stands for the name of any fault."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Call(_Part):
    """A request to a REST API of Google, with the operator's token."""

    call: Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) https://[a-z]+\.googleapis\.com/\S+$")]
    """The method and the URL."""
    body: Json | None = None


class AwsCall(_Part):
    """A call of an operation of AWS."""

    aws: Annotated[str, Field(pattern=r"^[a-z0-9]+ [a-z0-9-]+$")]
    """The service and the operation, as the aws command spells them: "iam delete-role"."""
    parameters: Json = {}
    """The parameters of the API. An object where the API takes a string, such as a policy, is sent as JSON."""


class Binding(_Part):
    """A role on a project or on a service account, and who has it."""

    on: str
    """A project, "projects/ID", or the e-mail of a service account."""
    role: str | None = None
    """The role. To remove: None means all roles that the member has there."""
    member: str = "$member"
    condition: dict[str, str] | None = None


class Grant(_Part):
    """A binding that is added to a policy."""

    grant: Binding


class Ungrant(_Part):
    """Bindings that are removed from a policy, whatever their conditions are."""

    ungrant: Binding


class Apply(_Part):
    """An object of Kubernetes: created, or merged into the object with its name. A null removes a value."""

    apply: Json
    """The manifest."""


class Delete(_Part):
    """An object of Kubernetes that is deleted."""

    delete: Json
    """Its manifest: apiVersion, kind and metadata."""


class EditFile(_Part):
    """A change of a file of the operator, such as the credential configuration."""

    file: str
    """The path of the file, from the folder of the setup."""
    merge: Json | None = None
    """What is merged into the JSON of the file. A null removes a value."""
    text: str | None = None
    """The new content. With neither `text` nor `merge`, the file is deleted."""


def _word(step: Any) -> str:
    words = [word for word in _STEPS if isinstance(step, dict) and word in step]
    return words[0] if words else ""


_STEPS = ("call", "aws", "grant", "ungrant", "apply", "delete", "file")

Step = Annotated[
    Annotated[Call, Tag("call")]
    | Annotated[AwsCall, Tag("aws")]
    | Annotated[Grant, Tag("grant")]
    | Annotated[Ungrant, Tag("ungrant")]
    | Annotated[Apply, Tag("apply")]
    | Annotated[Delete, Tag("delete")]
    | Annotated[EditFile, Tag("file")],
    Discriminator(
        _word,
        custom_error_type="step",
        custom_error_message=f"each step needs one of these keys: {', '.join(_STEPS)}",
    ),
]


def _known_mode(name: str) -> str:
    if name not in table():
        raise ValueError(f"the mode does not exist: use one of these modes: {', '.join(table())}")
    return name


class Fault(_Part):
    """A fault: the world that it breaks, how, and what the doctor must find."""

    title: str
    """What is wrong, in one sentence."""
    mode: Annotated[str, AfterValidator(_known_mode)]
    scenario: str
    """The scenario whose setup is applied first."""
    world: Json = {}
    """What is merged into the scenario before the sandbox starts, as in `setup`."""
    setup: Json = {}
    """What is merged into the setup of the scenario. A null removes a value, and a list replaces a list."""
    prepare: tuple[Step, ...] = ()
    """What is done before the setup is applied."""
    applied: bool = True
    """Whether the setup is applied; if not, `prepare` makes everything that it describes."""
    steps: Annotated[tuple[Step, ...], Field(alias="break")] = ()
    """What breaks the world, in this order. None if only the environment is broken."""
    environment: dict[str, str | None] = {}
    """Variables of the process that tests and diagnoses, which are set after the steps. A null unsets a variable."""
    code: Annotated[str, Field(pattern=r"^(WIF\d{4})?$")] = ""
    """The code of the doctor's rule that must name the cause; empty if there is no rule yet."""
    hop: str = ""
    """The ID of the step at which the live test fails; empty if the live test cannot see the fault."""
    fixable: Literal["plan", "command", "sentence"] = "plan"
    """What fixes it: a plan of the wizard, a command, or what the sentence of the finding says."""


def names() -> list[str]:
    """Return the names of all faults, sorted."""
    return sorted(file.name.removesuffix(".yaml") for file in _folder().iterdir() if file.name.endswith(".yaml"))


def chosen(name: str) -> str:
    """Return the name of a fault: the same, or that of any fault for "random"."""
    return random.choice(names()) if name == RANDOM else name


def for_a_running_demo(scenario: str) -> list[str]:
    """Return the faults that can break a scenario's own setup in a sandbox that runs, and that the wizard can fix."""
    return [name for name in names() if _can_break(load(name), scenario)]


def _can_break(fault: Fault, scenario: str) -> bool:
    prepared = fault.world or fault.setup or fault.prepare or fault.environment or not fault.applied
    return fault.scenario == scenario and fault.fixable == "plan" and not prepared


def load(name: str) -> Fault:
    """Return the fault of that name, or in the file of that path (which ends in .yaml). Raises BadInput."""
    return parse(name, text_of(name))


def text_of(name: str) -> str:
    """Return the YAML text of a fault, by the name or the file that `load` takes. Raises BadInput."""
    source: Traversable | Path = Path(name) if name.endswith(".yaml") else _folder().joinpath(f"{name}.yaml")
    if not source.is_file():
        raise BadInput(_(_NO_FAULT).format(name=name))
    return source.read_text(encoding="utf-8")


def parse(name: str, text: str) -> Fault:
    """Return the fault in a YAML text. Raises BadInput with the first problem of it."""
    try:
        return Fault.model_validate(_tuples(document.read(text).data))
    except SetupError as error:
        raise BadInput(f"the fault {name} is not valid YAML: {error.problems[0]}") from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise BadInput(f"the fault {name} is not valid: {where}: {problem['msg']}") from error


def world_text(fault: Fault, scenario: str) -> str:
    """Return the text of the fault's scenario as the fault wants it."""
    return _merged_text(scenario, fault.world)


def setup_text(fault: Fault, setup: str) -> str:
    """Return the text of the setup of the fault's scenario as the fault wants it."""
    return _merged_text(setup, fault.setup)


def _merged_text(text: str, change: Json) -> str:
    return as_yaml(merged(document.read(text).data, change)) if change else text


def filled(value: Any, known: Mapping[str, str]) -> Any:
    """Return a value with the names of the scenario in place of $name. Raises BadInput for a name that is not known."""
    if isinstance(value, dict):
        return {filled(key, known): filled(each, known) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, known) for each in value]
    if not isinstance(value, str):
        return value
    try:
        return Template(value).substitute(known)
    except (KeyError, ValueError) as error:
        raise BadInput(f'the scenario has no name for "{value}": write $$ for a dollar sign') from error


def merged(old: Any, change: Any) -> Any:
    """Return a JSON value with a merge patch applied (RFC 7396)."""
    if not isinstance(change, dict):
        return change
    result = dict(old) if isinstance(old, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _tuples(data: Any) -> Any:
    """Return the data with tuples for the lists of steps, as a strict model wants them."""
    if not isinstance(data, dict):
        return data
    steps = {key: tuple(data[key]) for key in ("prepare", "break") if isinstance(data.get(key), list)}
    return {**data, **steps}


def _folder() -> Traversable:
    return files("assets").joinpath("scenarios", "faults")
