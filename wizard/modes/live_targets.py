"""Prepare the targets of a live test, in any mode: for each wanted role, the permissions that will prove it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeVar

from wizard.chain import signatures
from wizard.chain.project_policy import Names, ProjectPolicy
from wizard.chain.target import READS_TABLES, RUNS_QUERIES, Target, WantedRole
from wizard.clouds import google_roles
from wizard.clouds.dataset_access import first_table
from wizard.clouds.errors import CloudError
from wizard.clouds.google_roles import RoleContent
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.language import _
from wizard.resources import ancestors
from wizard.setup.resource_types import DATASET, PROJECT, ResourceName, name_of, of_place, parse

Json = dict[str, Any]

AT_ONCE = 32
"""How many calls are made at once."""

_ROUNDS = 4
"""How many refusals of testIamPermissions are followed, before all testable permissions are read."""

_BASIC = ("roles/owner", "roles/editor", "roles/viewer")
_ABOVE = "folders, organization"
_NO_TABLE = "the dataset has no table that you can see, and BigQuery cannot test permissions on the dataset itself"
_UNREAD = "the wizard could not read the permissions of the role ({reason})"

T = TypeVar("T")


class TargetReader:
    """Reads roles and policies as the operator: each once, and at most 32 at once, for however many workloads."""

    def __init__(self, clouds: Clouds) -> None:
        self._clouds = clouds
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._answers: dict[Hashable, Future[Any]] = {}

    def targets(self, wanted: Mapping[str, Sequence[str]], names: Names) -> tuple[Target, ...]:
        """Return the target for each resource. `wanted` are roles by place; `names` tells who may be the workload."""
        with Readers(max_workers=AT_ONCE) as readers:
            ahead = [readers.submit(self._role, role) for roles in wanted.values() for role in roles]
            targets = list(readers.map(lambda item: self._target(item[0], item[1], names), wanted.items()))
            for role in ahead:
                role.result()
        return tuple(targets)

    def project_policies(self, projects: Iterable[str]) -> dict[str, Json | None]:
        """Return the allow policy of each project or other resource; None if it cannot be read."""
        with Readers(max_workers=AT_ONCE) as readers:
            names = list(projects)
            return dict(zip(names, readers.map(self._project_policy, names), strict=True))

    def _target(self, project: str, wanted: Sequence[str], names: Names) -> Target:
        policy, on = self._policy(project), self._tested_on(project)
        others = policy.roles_of(names) if policy else []
        contents = {role: self._role(role) for role in dict.fromkeys([*wanted, *others])}
        tested = self._tested(on, wanted, contents) if on else dict.fromkeys(wanted, ())
        roles = tuple(_wanted_role(role, tested, contents) for role in wanted)
        if on is None:
            roles = tuple(replace(role, untested=role.untested or _(_NO_TABLE)) for role in roles)
        elsewhere = "" if on is None or on.place == project else on.name
        return Target(project, roles, policy, elsewhere)

    def _tested_on(self, place: str) -> ResourceName | None:
        """Return the resource on which permissions are tested: a table of a dataset, since datasets test none.

        Returns None for a dataset of which the operator sees no table.
        """
        on = _named(place)
        if on.type is not DATASET:
            return on
        table = self._once(("table", place), lambda: first_table(self._clouds.google, on))
        return parse(f"{on.name}/tables/{table}") if table else None

    def _role(self, name: str) -> RoleContent:
        """Return what a role contains: from the shipped table, or else as Google has it."""
        shipped = signatures.shipped_permissions(name)
        if shipped is not None:
            return RoleContent(shipped)
        return self._once(("role", name), lambda: google_roles.read_role(self._clouds.google, name))

    def _policy(self, project: str) -> ProjectPolicy | None:
        """Return the policy of a project with what it inherits; None if the project's own cannot be read."""
        policy = self._project_policy(project)
        if policy is None:
            return None
        on = _named(project)
        above = self._once(("above", project), lambda: ancestors.above_resource(self._clouds, on))
        if above is None:
            return ProjectPolicy.of([policy], _(_ABOVE))
        unread = [name for name, inherited in above if inherited is None]
        return ProjectPolicy.of([policy, *(each for _ignored, each in above if each)], ", ".join(unread))

    def _project_policy(self, project: str) -> Json | None:
        return self._once(("policy", project), lambda: ancestors.read_policy(self._clouds, name_of(project)))

    def _tested(
        self, on: ResourceName, wanted: Sequence[str], contents: Mapping[str, RoleContent]
    ) -> dict[str, tuple[str, ...]]:
        """Return the permissions to test for each wanted role: such as the resource can test, as far as is known."""
        sets = {role: frozenset(content.permissions) for role, content in contents.items()}
        starts = on.type.testable
        candidates = {
            role: [
                permission
                for permission in signatures.in_order(role, sets[role], [sets[each] for each in sets if each != role])
                if permission.startswith(starts)
            ]
            for role in wanted
        }
        refused: set[str] = set()
        for _round in range(_ROUNDS):
            chosen = _first(candidates, lambda permission: permission not in refused)
            named = self._refused(on, sorted({permission for each in chosen.values() for permission in each}))
            if not named:
                break
            refused.update(named)
        else:
            named = None
        testable = self._testable(on) if named is None else None
        return chosen if testable is None else _first(candidates, testable.__contains__)

    def _refused(self, on: ResourceName, permissions: list[str]) -> list[str] | None:
        """Return which of the permissions the resource cannot test; None if the refusal does not tell."""
        if not permissions:
            return []
        try:
            with self._slots:
                return google_roles.refused_permissions(self._clouds.google, on, permissions)
        except CloudError:
            return []  # the operator may not ask there; the workload will

    def _testable(self, on: ResourceName) -> frozenset[str] | None:
        name = on.full_name
        try:
            return self._once(("testable", name), lambda: google_roles.testable_permissions(self._clouds.google, name))
        except CloudError:
            return None

    def _once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what `read` returns, or returned before for the same key. Raises what it raises."""
        with self._lock:
            mine = key not in self._answers
            answer: Future[T] = self._answers.setdefault(key, Future())
        if mine:
            try:
                with self._slots:
                    answer.set_result(read())
            except BaseException as error:  # noqa: BLE001 (whoever waits for the answer must get it)
                answer.set_exception(error)
        return answer.result()


def _named(place: str) -> ResourceName:
    """Return the resource of a place; also of a project whose ID the rules do not know."""
    return of_place(place) or ResourceName(PROJECT, (("project", place),))


def _first(candidates: Mapping[str, list[str]], is_testable: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    chosen = {role: list(filter(is_testable, permissions)) for role, permissions in candidates.items()}
    return {role: tuple(permissions[: signatures.MOST]) for role, permissions in chosen.items()}


def _wanted_role(role: str, tested: Mapping[str, tuple[str, ...]], contents: Mapping[str, RoleContent]) -> WantedRole:
    content, own = contents[role], frozenset(contents[role].permissions)
    others = {other: frozenset(each.permissions) for other, each in contents.items() if other != role}
    shared = {other: permissions & frozenset(tested[role]) for other, permissions in others.items()}
    return WantedRole(
        role,
        tested[role],
        _(_UNREAD).format(reason=content.unread) if content.unread else "",
        content.gone,
        {other: permissions for other, permissions in shared.items() if permissions},
        tuple(other for other, permissions in others.items() if own and own <= permissions),
        RUNS_QUERIES in own and role not in _BASIC,
        READS_TABLES in own,
    )
