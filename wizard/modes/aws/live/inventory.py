"""How the workloads of an AWS account reach Google Cloud today: which roles federation admits, and which not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.machine import google_defaults
from wizard.federation.aws import partition_of
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.principals import FederatedIdentity, admits
from wizard.modes import risks
from wizard.modes.aws.live import candidates
from wizard.modes.aws.live.definitions import RunsWorkload, functions, job_definitions, task_definitions
from wizard.modes.aws.live.found_by_name import Finder
from wizard.modes.aws.machine import aws_defaults
from wizard.modes.opened import Inventory, InventoryRow
from wizard.setup.problems import BadInput

Json = dict[str, Any]

_PLACE = re.compile(r"account/(?P<region>[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2})|(?P<account>\d{12})", re.ASCII)
_NO_PROJECT = "the doctor needs the Google Cloud project of the pool: set GOOGLE_CLOUD_PROJECT"
_NO_REGION = "the doctor needs a region: write account/REGION, such as account/ap-northeast-1"
_OTHER_ACCOUNT = "your AWS credentials are for account {caller}, not for {account}: choose another AWS_PROFILE"
_ABOUT = "AWS account {account} in {region}"
_UNREAD = "the doctor could not read all resources ({reason}), so workloads can be missing. Not read: {what}"
_NO_ROLE = "no role of its own"
_KEY = "GOOGLE_APPLICATION_CREDENTIALS is set, but no pool accepts the role: the file is perhaps a service account key"
_NONE = "no pool that you can read accepts the role"
_DIRECT = "roles on {project}: {count}"
_SET_UP = "wif-wizard doctor {name} --save setup.yaml, or set up the workload in the wizard"
_NEW = "set up the workload in the wizard: wif-wizard"
_TEST = "no change is needed; to test the workload: wif-wizard doctor {name}"
_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"


@dataclass
class _Admitted:
    """What the pools of the project admit: roles directly, and through service accounts."""

    bindings: list[Json]
    providers: list[tuple[Any, Any]]
    accounts: dict[str, list[str]] = field(default_factory=dict)
    """The members that can impersonate each service account."""


def inventory(given: str, environ: Mapping[str, str]) -> Inventory | None:
    """Return the workloads of an account, named as account/REGION or by its ID; None for another name.

    Raises BadInput and CloudError.
    """
    named = _PLACE.fullmatch(given)
    if named is None:
        return None
    default = aws_defaults(environ).get("aws.region")
    region = named["region"] or (str(default.value) if default else "")
    if not region:
        raise BadInput(_NO_REGION)
    project = google_defaults(environ).get("google.project")
    if project is None:
        raise BadInput(_NO_PROJECT)
    clouds = Clouds(str(project.value), region, environ=environ)
    account = str(clouds.aws.caller()["Account"])
    if named["account"] and named["account"] != account:
        raise BadInput(_OTHER_ACCOUNT.format(caller=account, account=named["account"]))
    unknown: list[str] = []
    definitions = list(_definitions(clouds, unknown))
    admitted = _admitted(clouds, str(project.value), unknown)
    rows = [_row(definition, admitted, account, region, str(project.value)) for definition in definitions]
    return Inventory(_ABOUT.format(account=account, region=region), tuple(rows), tuple(unknown))


def _definitions(clouds: Clouds, unknown: list[str]) -> Iterator[RunsWorkload]:
    for what, read in (
        ("job definitions", job_definitions),
        ("task definitions", task_definitions),
        ("functions", functions),
    ):
        try:
            yield from read(clouds)
        except CloudError as error:
            unknown.append(_UNREAD.format(what=what, reason=error.message))


def _admitted(clouds: Clouds, project: str, unknown: list[str]) -> _Admitted:
    try:
        admitted = _Admitted(risks.project_bindings(clouds, project), list(Finder(clouds, "").providers(project)))
    except CloudError as error:
        unknown.append(_UNREAD.format(what=f"pools and policy of {project}", reason=error.message))
        return _Admitted([], [])
    try:
        listed = clouds.google_iam.list_service_accounts(project).get("accounts", ())
    except CloudError as error:
        unknown.append(_UNREAD.format(what=f"service accounts of {project}", reason=error.message))
        return admitted
    for account in listed:
        email = str(account["email"])
        try:
            policy = clouds.google_iam.get_policy(project, email)
        except CloudError as error:
            unknown.append(_UNREAD.format(what=f"policy of {email}", reason=error.message))
            continue
        admitted.accounts[email] = [str(m) for each in policy.get("bindings", ()) for m in each.get("members", ())]
    return admitted


def _row(definition: RunsWorkload, admitted: _Admitted, account: str, region: str, project: str) -> InventoryRow:
    role = definition.role.rpartition("/")[2]
    if not role:
        return InventoryRow(definition.title, "-", "none", _NO_ROLE, _SET_UP.format(name=definition.name))
    identities = list(_identities(admitted, RoleSessions(account, role, partition_of(region))))
    held = [each for each in admitted.bindings if _is_among(each.get("members", ()), identities)]
    if held:
        detail = _DIRECT.format(count=len(held), project=project)
        return InventoryRow(definition.title, role, "direct", detail, _TEST.format(name=definition.name))
    for email, members in admitted.accounts.items():
        if _is_among(members, identities):
            return InventoryRow(definition.title, role, "service account", email, _TEST.format(name=definition.name))
    if _VARIABLE in definition.variables:
        return InventoryRow(definition.title, role, "key", _KEY, _NEW)
    return InventoryRow(definition.title, role, "none", _NONE, _NEW)


def _identities(admitted: _Admitted, sessions: RoleSessions) -> Iterator[FederatedIdentity]:
    for name, provider in admitted.providers:
        if provider.type == "aws" and provider.account == sessions.account:
            identity = candidates.identity_of(provider, sessions, name.pool)
            if identity:
                yield identity


def _is_among(members: Iterable[Any], identities: list[FederatedIdentity]) -> bool:
    return any(admits(str(member), identity) for member in members for identity in identities)
