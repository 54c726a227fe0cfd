"""Random task definitions with every field that ECS takes, and other writers, who register revisions of their own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from tests.properties.tried import Foreign, Harm, Json, Run
from wizard.clouds.errors import CloudError
from wizard.federation.trust import TrustedService
from wizard.resources.aws_role import Role
from wizard.resources.registration import Variables, same
from wizard.resources.task_definition import TaskDefinition

ACCOUNT, REGION, FAMILY = "111122223333", "ap-northeast-1", "made-up"
ROLE = Role(ACCOUNT, REGION, "made-up-role", TrustedService("ecs-tasks.amazonaws.com"))
THEIRS = f"arn:aws:iam::{ACCOUNT}:role/theirs"
VARIABLES = Variables({"GOOGLE_APPLICATION_CREDENTIALS": "/etc/google/config.json"}, {"AWS_REGION": REGION})
PREFIX = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{FAMILY}"
TOLD = "someone else registered"

_names = st.sampled_from(["GOOGLE_APPLICATION_CREDENTIALS", "AWS_REGION", "DB_PASSWORD", "STAGE"])
_values = st.sampled_from(["/etc/theirs.json", "eu-west-1", "p=?&!", "", "/etc/google/config.json"])
_environment = st.lists(
    st.fixed_dictionaries({"name": _names, "value": _values}), max_size=4, unique_by=lambda each: each["name"]
)


@cache
def _members() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the input fields of a task definition and of a container, as botocore knows them."""
    import botocore.session

    operation = botocore.session.get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")
    members = operation.input_shape.members
    return members, members["containerDefinitions"].member.members


def _of_shape(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values of a shape of botocore. Strings are short, and so are lists."""
    if shape.type_name == "structure":
        if depth > 3:
            return st.just({})
        members = {key: _of_shape(member, depth + 1) for key, member in shape.members.items()}
        return st.fixed_dictionaries({}, optional=members)
    if shape.type_name == "list":
        return st.lists(_of_shape(shape.member, depth + 1), max_size=2)
    if shape.type_name == "map":
        return st.dictionaries(st.sampled_from(["a", "b"]), _of_shape(shape.value, depth + 1), max_size=2)
    if shape.type_name in ("integer", "long", "float", "double"):
        return st.integers(0, 9)
    if shape.type_name == "boolean":
        return st.booleans()
    return st.sampled_from(list(getattr(shape, "enum", None) or ["x", "y"]))


_OWN = {"name", "environment", "secrets"}


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """The input of a registration: each time with some of the fields that ECS takes."""
    task, container = _members()
    names = draw(st.lists(st.sampled_from(sorted(container.keys() - _OWN)), max_size=5, unique=True))
    made = {"name": "app"} | {name: draw(_of_shape(container[name], 1)) for name in names}
    environment = draw(_environment)
    if environment or draw(st.booleans()):
        made["environment"] = environment
    taken = {each["name"] for each in environment}
    secret = draw(st.none() | _names)
    if secret and secret not in taken:
        made["secrets"] = [{"name": secret, "valueFrom": "arn:aws:ssm:made-up"}]
    own = {"family", "containerDefinitions", "taskRoleArn", "tags"}
    names = draw(st.lists(st.sampled_from(sorted(task.keys() - own)), max_size=5, unique=True))
    document = {name: draw(_of_shape(task[name])) for name in names}
    role = draw(st.sampled_from([None, THEIRS]))
    tags = draw(st.sampled_from([[], [{"key": "team", "value": "made-up"}]]))
    more = ({"taskRoleArn": role} if role else {}) | ({"tags": tags} if tags else {})
    return {"family": FAMILY, "containerDefinitions": [made], **document, **more}


@dataclass(frozen=True)
class Edit:
    """Another writer registers a revision that differs from the newest one in one field."""

    path: str
    value: str

    def make(self, document: Json) -> Json:
        """Return the input of their registration."""
        changed = copy.deepcopy(document)
        if self.path == "image":
            changed["containerDefinitions"][0]["image"] = self.value
        elif self.path == "cpu":
            changed["cpu"] = self.value
        else:
            entries = changed["containerDefinitions"][0].setdefault("environment", [])
            entries[:] = [
                *(each for each in entries if each["name"] != "THEIRS"),
                {"name": "THEIRS", "value": self.value},
            ]
        return changed


edits = st.builds(Edit, st.sampled_from(["image", "cpu", "environment"]), st.sampled_from(["t1", "t2"]))
schedules = st.dictionaries(st.integers(0, 8), edits, max_size=2)
Schedule = Mapping[int, Edit]


@dataclass(frozen=True)
class Case:
    """A definition, and what others register: before which call of apply and of the revert, and between the two."""

    document: Json = field(hash=False)
    during: tuple[Schedule, Schedule] = field(hash=False)
    between: list[Edit] = field(hash=False)


cases = st.builds(
    Case,
    documents(),
    st.one_of(st.just(({}, {})), st.tuples(schedules, schedules)),
    st.just([]) | st.lists(edits, max_size=2),
)


class Stored:
    """The active revisions of the family."""

    def __init__(self, document: Json, foreign: Foreign) -> None:
        self.revisions: dict[int, Json] = {1: copy.deepcopy(document)}
        self.harm = Harm()
        self.reverting = False
        self.beside = 0
        """How often another writer registered a revision between the last read and the write."""
        self._read = 1
        self._foreign = foreign
        self._last = 1

    def call(self, service: str, operation: str, **arguments: Any) -> Json:
        """Answer a call of ECS; everything else is refused."""
        answers = {
            "describe_task_definition": self._describe,
            "list_task_definitions": self._list,
            "register_task_definition": self._register,
            "deregister_task_definition": self._deregister,
        }
        if service == "iam":
            raise CloudError(service, operation, 404, "NoSuchEntity", "not found")
        if operation not in answers:
            raise CloudError(service, operation, 403, "AccessDeniedException", "not authorized")
        self._foreign.act()
        return answers[operation](**arguments)

    def quick_call(self, service: str, operation: str, **_: Any) -> Json:
        """Refuse to tell who starts the definition."""
        raise CloudError(service, operation, 403, "AccessDeniedException", "not authorized")

    def newest(self) -> Json:
        """Return the newest revision."""
        return self.revisions[max(self.revisions)]

    def register(self, document: Json) -> int:
        """Add a revision."""
        self._last += 1
        self.revisions[self._last] = copy.deepcopy(document)
        return self._last

    def _describe(self, **arguments: Any) -> Json:
        _, _, revision = arguments["taskDefinition"].rpartition(f"{FAMILY}:")
        number = int(revision) if revision.isdigit() else max(self.revisions)
        self._read = number if not revision.isdigit() else self._read
        document = copy.deepcopy(self.revisions[number])
        tags = document.pop("tags", [])
        mine = {
            "revision": number,
            "status": "ACTIVE",
            "taskDefinitionArn": f"{PREFIX}:{number}",
            "compatibilities": [],
        }
        return {"taskDefinition": document | mine, "tags": tags}

    def _list(self, **arguments: Any) -> Json:
        assert arguments["sort"] == "DESC"
        return {"taskDefinitionArns": [f"{PREFIX}:{number}" for number in sorted(self.revisions, reverse=True)]}

    def _register(self, **arguments: Any) -> Json:
        before = self.revisions[self._read]
        self.beside += max(self.revisions) != self._read
        if not same(without_ours(before), without_ours(arguments)):
            self.harm.lost.append(f"the wizard registers {arguments} from {before}")
        variables = [each["name"] for each in arguments["containerDefinitions"][0].get("environment") or ()]
        self.harm.twice += [f"{name} is there twice" for name in set(variables) if variables.count(name) > 1]
        return {"taskDefinition": {"taskDefinitionArn": f"{PREFIX}:{self.register(arguments)}"}}

    def _deregister(self, **arguments: Any) -> Json:
        number = int(arguments["taskDefinition"].rpartition(":")[2])
        if not self.reverting:
            self.harm.other.append(f"apply deregisters {number}")
        del self.revisions[number]
        return {}


def without_ours(document: Json) -> Json:
    """Return a definition without what the wizard sets: the role, and our variables."""
    result = {key: value for key, value in copy.deepcopy(document).items() if key != "taskRoleArn"}
    container = result["containerDefinitions"][0]
    ours = {*VARIABLES.always, *VARIABLES.defaults}
    for key in ("environment", "secrets"):
        container[key] = [each for each in container.get(key) or () if each["name"] not in ours]
    return result


def check(case: Case, folder: Path) -> tuple[Harm, int]:
    """Apply and revert one case. Returns what went wrong, and how often another writer was beside the wizard."""
    parts: list[dict[int, list[Callable[[], None]]]] = [{}, {}, {}, {}]
    foreign = Foreign(*parts)
    stored = Stored(case.document, foreign)
    for part, schedule in zip((parts[0], parts[2]), case.during, strict=True):
        part.update({call: [_maker(stored, edit)] for call, edit in schedule.items()})
    resource = TaskDefinition(ACCOUNT, REGION, FAMILY, ROLE, VARIABLES)
    run = Run(resource, clouds_of(stored), folder)
    done = run.apply(run.plan()).ok
    if stored.beside and TOLD not in " ".join(run.texts):
        stored.harm.foreign_lost.append(f"a revision of others is not told: {run.texts}")
    foreign.next_part()
    if not (done or run.apply_until_done()):
        stored.harm.other.append(f"the wizard refuses {stored.newest()}: {run.texts}")
    for edit in case.between:
        _maker(stored, edit)()
    stored.reverting = True
    foreign.next_part()
    was = stored.newest()
    left = run.revert_until_done(foreign.next_part)
    if left is None:
        stored.harm.other.append(f"the revert fails: {run.texts}")
    _check_reverted(case, stored, was, left)
    return stored.harm, stored.beside


def clouds_of(stored: Stored) -> Any:
    """Return sessions that have only the task definition."""
    return SimpleNamespace(environ={}, projects={}, google=None, google_iam=None, aws=stored)


def _check_reverted(case: Case, stored: Stored, was: Json, left: Any) -> None:
    now = stored.newest()
    if not case.during[1] and not same(without_ours(was), without_ours(now)):
        stored.harm.foreign_lost.append(f"{now} is there after the revert, and {was} was")
    if left == [] and not same(_ours(now), _ours(case.document)):
        stored.harm.other.append(f"the values of {now} are not those of {case.document}")
    if case.during == ({}, {}) and not case.between and left == [] and not same(now, case.document):
        stored.harm.other.append(f"{now} is there after the revert, and {case.document} was")


def _ours(document: Json) -> Json:
    container = document["containerDefinitions"][0]
    ours = {*VARIABLES.always, *VARIABLES.defaults}
    found = {
        key: [each for each in container.get(key) or () if each["name"] in ours] for key in ("environment", "secrets")
    }
    return {"role": document.get("taskRoleArn"), **found}


def _maker(stored: Stored, edit: Edit) -> Callable[[], None]:
    def act() -> None:
        stored.register(edit.make(stored.newest()))

    return act
