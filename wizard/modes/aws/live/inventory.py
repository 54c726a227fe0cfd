"""How the workloads of an AWS account reach Google Cloud today: which roles federation admits, and which not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.machine import google_defaults
from wizard.federation.aws import partition_of
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _
from wizard.modes import risks
from wizard.modes.aws.live import candidates
from wizard.modes.aws.live.definitions import RunsWorkload, functions, job_definitions, task_definitions
from wizard.modes.aws.live.found_by_name import Finder
from wizard.modes.aws.machine import aws_defaults
from wizard.modes.aws.mode import AwsMode
from wizard.modes.aws.rules import role_arn
from wizard.modes.opened import Inventory, InventoryRow
from wizard.setup.problems import BadInput

Json = dict[str, Any]

_NO_PROJECT = "the doctor needs the Google Cloud project of the pool: set GOOGLE_CLOUD_PROJECT"
_NO_REGION = "the doctor needs a region: write account/REGION, such as account/ap-northeast-1"
_OTHER_ACCOUNT = (
    "your AWS credentials are for account {caller}, not for account {account}: set AWS_PROFILE to another profile"
)
_ABOUT = "AWS account {account} in {region}"
_UNREAD = (
    "workloads might be missing from the table, because the doctor could not read these resources ({reason}): {what}"
)
_NO_ROLE = "no task role or job role"
_KEY = (
    "GOOGLE_APPLICATION_CREDENTIALS is set, but no pool accepts the role, so this variable might name a service "
    "account key"
)
_KEY_WITHOUT_ROLE = (
    "GOOGLE_APPLICATION_CREDENTIALS is set, but the workload has no task role or job role, so this variable might "
    "name a service account key"
)
_NONE = "no pool that you can read accepts the role"
_DIRECT = "roles on {project}: {count}"
_SET_UP = "wif-wizard wizard {place} --workloads {key}"
_TEST = "no change is needed; to check the workload, run wif-wizard doctor {name}"
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
    named = AwsMode.inventories.fullmatch(given)
    if named is None:
        return None
    default = aws_defaults(environ).get("aws.region")
    region = named["region"] or (str(default.value) if default else "")
    if not region:
        raise BadInput(_(_NO_REGION))
    project = google_defaults(environ).get("google.project")
    if project is None:
        raise BadInput(_(_NO_PROJECT))
    clouds = Clouds(str(project.value), region, environ=environ)
    account = str(clouds.aws.caller()["Account"])
    if named["account"] and named["account"] != account:
        raise BadInput(_(_OTHER_ACCOUNT).format(caller=account, account=named["account"]))
    unknown: list[str] = []
    definitions = list(_definitions(clouds, unknown))
    admitted = _admitted(clouds, str(project.value), unknown)
    rows = [_row(definition, admitted, account, region, str(project.value)) for definition in definitions]
    return Inventory(
        _(_ABOUT).format(account=account, region=region),
        tuple(_with_start(row, definition, given) for row, definition in zip(rows, definitions, strict=True)),
        tuple(unknown),
        given,
        "aws",
        {"aws.account": account, "aws.region": region, "google.project": str(project.value)},
    )


def _with_start(row: InventoryRow, definition: RunsWorkload, place: str) -> InventoryRow:
    """Return a row with the answers that set up its workload."""
    key = f"{definition.kind.replace('_', '-')}/{definition.own}"
    start = {"aws.runtime": definition.runtime, f"aws.{definition.kind}": definition.own}
    arn = role_arn(definition.role)
    if arn:
        start |= {"aws.role": arn.name, "role_path": arn.path or ""}
    step = row.next_step or _SET_UP.format(place=place, key=key)
    return replace(row, key=key, start=start, next_step=step)


def _definitions(clouds: Clouds, unknown: list[str]) -> Iterator[RunsWorkload]:
    for what, read in (
        (_("job definitions"), job_definitions),
        (_("task definitions"), task_definitions),
        (_("functions"), functions),
    ):
        try:
            yield from read(clouds)
        except CloudError as error:
            unknown.append(_(_UNREAD).format(what=what, reason=missing_permissions.words(error)))


def _admitted(clouds: Clouds, project: str, unknown: list[str]) -> _Admitted:
    try:
        admitted = _Admitted(risks.bindings_at(clouds, project), list(Finder(clouds, "").providers(project)))
    except CloudError as error:
        unknown.append(
            _(_UNREAD).format(
                what=_("pools and policy of {project}").format(project=project), reason=missing_permissions.words(error)
            )
        )
        return _Admitted([], [])
    try:
        listed = clouds.google_iam.list_service_accounts(project).get("accounts", ())
    except CloudError as error:
        unknown.append(
            _(_UNREAD).format(
                what=_("service accounts of {project}").format(project=project), reason=missing_permissions.words(error)
            )
        )
        return admitted
    for account in listed:
        email = str(account["email"])
        try:
            policy = clouds.google_iam.get_policy(project, email)
        except CloudError as error:
            unknown.append(
                _(_UNREAD).format(
                    what=_("policy of {email}").format(email=email), reason=missing_permissions.words(error)
                )
            )
            continue
        admitted.accounts[email] = [str(m) for each in policy.get("bindings", ()) for m in each.get("members", ())]
    return admitted


def _row(definition: RunsWorkload, admitted: _Admitted, account: str, region: str, project: str) -> InventoryRow:
    role = definition.role.rpartition("/")[2]
    if not role:
        if _VARIABLE in definition.variables:
            return InventoryRow(definition.title, "-", "key", _(_KEY_WITHOUT_ROLE), "")
        return InventoryRow(definition.title, "-", "none", _(_NO_ROLE), "")
    identities = list(_identities(admitted, RoleSessions(account, role, partition_of(region))))
    held = [each for each in admitted.bindings if _is_among(each.get("members", ()), identities)]
    if held:
        detail = _(_DIRECT).format(count=len(held), project=project)
        return InventoryRow(definition.title, role, "direct", detail, _(_TEST).format(name=definition.name))
    for email, members in admitted.accounts.items():
        if _is_among(members, identities):
            return InventoryRow(definition.title, role, "service account", email, _(_TEST).format(name=definition.name))
    if _VARIABLE in definition.variables:
        return InventoryRow(definition.title, role, "key", _(_KEY), "")
    return InventoryRow(definition.title, role, "none", _(_NONE), "")


def _identities(admitted: _Admitted, sessions: RoleSessions) -> Iterator[FederatedIdentity]:
    for name, provider in admitted.providers:
        if provider.type == "aws" and provider.account == sessions.account:
            identity = candidates.identity_of(provider, sessions, name.pool)
            if identity:
                yield identity


def _is_among(members: Iterable[Any], identities: list[FederatedIdentity]) -> bool:
    return any(admits(str(member), identity) for member in members for identity in identities)
