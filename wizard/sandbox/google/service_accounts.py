"""IAM v1: service accounts, their policies, and the list of their keys."""

import re
from collections.abc import Callable

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.projects import Project
from wizard.sandbox.model.service_accounts import ServiceAccount

from .calls import Call, Route
from .errors import already_exists, denied, invalid, not_found
from .paging import page
from .policies import POLICY_VERSION, TEST_BODY, WRITE_BODY, asked_permissions, held, read_policy, write_audited

ACCOUNT_ID = re.compile(r"(?=.{6,30}$)[a-z](?:[-a-z0-9]*[a-z0-9])")
BYTES = {"displayName": 100, "description": 256}
"""The longest values of these fields, in bytes of UTF-8 (IAM v1 discovery document)."""

NEW_ACCOUNT_READS = (
    (True, False, True),
    (True,),
    (False, True),
    (False, True, False, True, True),
    (True, False, True, True),
    (False, True, False, True),
)
"""What the first reads of a new account do (True: 404); later ones are steady. Each is a recorded sequence.

The accounts of a world take them in turn. Some of the recordings answer the first read with the account, and lose it
again.
"""

FIELDS = {"display_name": "displayName", "displayName": "displayName", "description": "description"}
"""What updateMask may name, in either spelling, to the field of the JSON."""


def document(account: ServiceAccount) -> JSON:
    """The account as IAM shows it; empty fields are left out."""
    shown = {
        "name": account.name,
        "projectId": account.project_id,
        "uniqueId": account.unique_id,
        "email": account.email,
        "displayName": account.display_name,
        "etag": account.etag,
        "description": account.description,
        "oauth2ClientId": account.unique_id,
        "disabled": account.disabled,
    }
    return {key: value for key, value in shown.items() if value}


def _allowed_account(call: Call, permission: str) -> tuple[Project, ServiceAccount]:
    """The call's project and account, if the caller has the permission; 403 if `projects/-` finds no account."""
    name, wanted = call.params["account"], call.params["project"]
    account = call.world.projects.account(name)
    if wanted == "-":
        if account is None:
            raise denied(permission)
        wanted = account.project_id
    project = call.project(wanted)
    mine = account if account is not None and account.project_id == project.id else None
    call.require(permission, project, policy=mine.policy if mine is not None else None)
    if mine is None:
        raise not_found("Unknown service account")
    return project, mine


def create(call: Call) -> JSON:
    """serviceAccounts.create."""
    project = call.project(call.params["project"])
    call.require("iam.serviceAccounts.create", project)
    account_id = str(call.document().get("accountId", ""))
    fields = _texts(call.part("serviceAccount"))
    if ACCOUNT_ID.fullmatch(account_id) is None:
        raise invalid(
            f"Service account ID {account_id!r} must have 6 to 30 characters of a-z, 0-9 and -, as documented."
        )
    if f"{account_id}@{project.id}.iam.gserviceaccount.com" in project.service_accounts:
        raise already_exists(f"Service account {account_id} already exists within project projects/{project.id}.")
    account = project.add_account(account_id, fields.get("displayName", ""), fields.get("description", ""))
    if not call.world.settings.steady:
        account.hidden_reads = list(NEW_ACCOUNT_READS[call.world.new_accounts % len(NEW_ACCOUNT_READS)])
        call.world.new_accounts += 1
    return document(account)


def get(call: Call) -> JSON:
    """serviceAccounts.get; a new account comes and goes for its first reads."""
    _, account = _allowed_account(call, "iam.serviceAccounts.get")
    if account.hidden_reads and account.hidden_reads.pop(0):
        raise not_found(f"Service account {account.name} does not exist.")
    return document(account)


def list_accounts(call: Call) -> JSON:
    """serviceAccounts.list."""
    project = call.project(call.params["project"])
    call.require("iam.serviceAccounts.list", project)
    accounts = [document(project.service_accounts[email]) for email in sorted(project.service_accounts)]
    return page("accounts", accounts, call.query, default=20, most=100)


def patch(call: Call) -> JSON:
    """serviceAccounts.patch: answers the name and what changed, nothing else (as recorded)."""
    _, account = _allowed_account(call, "iam.serviceAccounts.update")
    body = call.document()
    fields = _texts(call.part("serviceAccount"))
    mask = [each.strip() for each in str(body.get("updateMask", "")).split(",") if each.strip()]
    if not mask or any(each not in FIELDS for each in mask):
        raise invalid("Invalid value at 'update_mask'.")
    changed = {FIELDS[each]: fields.get(FIELDS[each], "") for each in mask}
    account.display_name = changed.get("displayName", account.display_name)
    account.description = changed.get("description", account.description)
    return {"name": account.name, **changed}


def _texts(fields: dict[str, JSON]) -> dict[str, str]:
    """The display name and the description, which must be texts and not too long (GoogleError 400)."""
    texts: dict[str, str] = {}
    for name, most in BYTES.items():
        value = fields.get(name)
        if value is not None and (not isinstance(value, str) or len(value.encode()) > most):
            raise invalid(f"Invalid value at 'service_account.{name}': a text of at most {most} bytes is needed.")
        texts[name] = value or ""
    return texts


def _switch(permission: str, disabled: bool) -> Callable[[Call], JSON]:
    def handler(call: Call) -> JSON:
        _, account = _allowed_account(call, permission)
        account.disabled = disabled
        return {}

    return handler


def delete(call: Call) -> JSON:
    """serviceAccounts.delete; it can be undeleted by its unique id."""
    project, account = _allowed_account(call, "iam.serviceAccounts.delete")
    call.world.projects.delete_account(project, account, call.world.clock())
    return {}


def undelete(call: Call) -> JSON:
    """serviceAccounts.undelete, by unique id."""
    wanted, unique_id = call.params["project"], call.params["account"]
    projects = list(call.world.projects) if wanted == "-" else [call.project(wanted)]
    for project in projects:
        account = project.deleted_accounts.get(unique_id)
        if account is not None:
            call.require("iam.serviceAccounts.undelete", project)
            if account.email in project.service_accounts:
                raise already_exists(
                    f"Service account {account.account_id} already exists within project projects/{project.id}."
                )
            call.world.projects.undelete_account(project, account, call.world.clock())
            return {"restoredAccount": document(account)}
    raise denied("iam.serviceAccounts.undelete") if wanted == "-" else not_found("Unknown service account")


def get_policy(call: Call) -> JSON:
    """serviceAccounts.getIamPolicy."""
    return read_policy(call, _allowed_account(call, "iam.serviceAccounts.getIamPolicy")[1].policy)


def set_policy(call: Call) -> JSON:
    """serviceAccounts.setIamPolicy."""
    return write_audited(call, *_allowed_account(call, "iam.serviceAccounts.setIamPolicy"))


def test_permissions(call: Call) -> JSON:
    """serviceAccounts.testIamPermissions: the permissions that the caller has."""
    account = call.world.projects.account(call.params["account"])
    if account is None:
        raise not_found("Unknown service account")
    project = call.project(account.project_id)
    return held([each for each in asked_permissions(call) if call.allowed(each, project, account.policy)])


def list_keys(call: Call) -> JSON:
    """serviceAccounts.keys.list: the keys that people created, unless `keyTypes` asks for Google's only."""
    _, account = _allowed_account(call, "iam.serviceAccountKeys.list")
    types = call.repeated("keyTypes")
    if types and "USER_MANAGED" not in types:
        return {}
    keys = [_key(account, key_id) for key_id in sorted(account.keys)]
    return {"keys": keys} if keys else {}


def get_key(call: Call) -> JSON:
    """serviceAccounts.keys.get."""
    _, account = _allowed_account(call, "iam.serviceAccountKeys.get")
    return _key(account, _existing_key(call, account))


def _switch_key(permission: str, disabled: bool) -> Callable[[Call], JSON]:
    def handler(call: Call) -> JSON:
        _, account = _allowed_account(call, permission)
        key_id = _existing_key(call, account)
        if disabled:
            account.disabled_keys.add(key_id)
        else:
            account.disabled_keys.discard(key_id)
        return {}

    return handler


def _existing_key(call: Call, account: ServiceAccount) -> str:
    key_id = call.params["key"]
    if key_id not in account.keys:
        raise not_found(f"Service account key {key_id} does not exist.")
    return key_id


def _key(account: ServiceAccount, key_id: str) -> JSON:
    key = {
        "name": f"{account.name}/keys/{key_id}",
        "validAfterTime": account.keys[key_id].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "validBeforeTime": "9999-12-31T23:59:59Z",
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": "USER_MANAGED",
    }
    return {**key, "disabled": True} if key_id in account.disabled_keys else key


_ALL = "/v1/projects/{project}/serviceAccounts"
_ONE = _ALL + "/{account}"
_KEY = _ONE + "/keys/{key}"

ROUTES = [
    Route("POST", _ALL, create, "write", body=("accountId", "serviceAccount")),
    Route("GET", _ALL, list_accounts, "read", query=("pageSize", "pageToken")),
    Route("GET", _ONE, get, "read"),
    Route("PATCH", _ONE, patch, "write", body=("serviceAccount", "updateMask")),
    Route("DELETE", _ONE, delete, "write"),
    Route("POST", _ONE + ":disable", _switch("iam.serviceAccounts.disable", disabled=True), "write"),
    Route("POST", _ONE + ":enable", _switch("iam.serviceAccounts.enable", disabled=False), "write"),
    Route("POST", _ONE + ":undelete", undelete, "write"),
    Route("POST", _ONE + ":getIamPolicy", get_policy, "read", query=POLICY_VERSION),
    Route("POST", _ONE + ":setIamPolicy", set_policy, "write", body=WRITE_BODY),
    Route("POST", _ONE + ":testIamPermissions", test_permissions, "read", body=TEST_BODY),
    Route("GET", _ONE + "/keys", list_keys, "read", query=("keyTypes",)),
    Route("GET", _KEY, get_key, "read", query=("publicKeyType",)),
    Route("POST", _KEY + ":disable", _switch_key("iam.serviceAccountKeys.disable", disabled=True), "write"),
    Route("POST", _KEY + ":enable", _switch_key("iam.serviceAccountKeys.enable", disabled=False), "write"),
]
