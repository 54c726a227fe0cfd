"""BigQuery v2, as far as proving a permission needs it: dry runs, datasets with their access, and their tables."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.dataset_access import set_access
from wizard.sandbox.model.policy_rules import WITH_CONDITION
from wizard.sandbox.model.projects import Dataset, Project

from .calls import Call, Route
from .errors import GoogleError, lacking
from .policies import READ_BODY, TEST_BODY, WRITE_BODY, asked_permissions, held, read_policy, write_policy
from .thing_policies import check_roles, check_testable

SERVICE = "bigquery.googleapis.com"
PROJECT = "/bigquery/v2/projects/{project}"
_FROM = re.compile(r"\b(?:FROM|JOIN)\s+`([^`]+)`", re.IGNORECASE)
TABLE = PROJECT + "/datasets/{dataset}/tables/{table+}"


class BigQueryError(GoogleError):
    """A refusal in BigQuery's envelope, which has a list `errors` with a reason of its own, such as accessDenied."""

    def __init__(self, status: int, canonical: str, reason: str, message: str) -> None:
        super().__init__(status, canonical, message)
        self.own_reason = reason

    def body(self) -> JSON:
        """The JSON error envelope."""
        errors = [{"message": self.message, "domain": "global", "reason": self.own_reason}]
        return {"error": {"code": self.status, "message": self.message, "errors": errors, "status": self.reason}}


def query(call: Call) -> JSON:
    """jobs.query, dry run only."""
    project, document = _runner(call), call.document()
    _check_query(document, bool(document.get("dryRun")))
    _check_tables(call, project, document)
    return {
        "kind": "bigquery#queryResponse",
        "jobReference": _reference(project),
        "totalBytesProcessed": "0",
        "jobComplete": True,
        "cacheHit": False,
    }


def insert(call: Call) -> JSON:
    """jobs.insert of a query, dry run only."""
    project, document = _runner(call), call.document()
    configuration = document.get("configuration")
    if not isinstance(configuration, dict):
        raise BigQueryError(400, "INVALID_ARGUMENT", "required", "A configuration is needed.")
    _check_query(configuration.get("query"), bool(configuration.get("dryRun")))
    _check_tables(call, project, configuration.get("query"))
    return {
        "kind": "bigquery#job",
        "configuration": {**configuration, "jobType": "QUERY"},
        "jobReference": _reference(project),
        "statistics": {"totalBytesProcessed": "0", "query": {"totalBytesProcessed": "0", "cacheHit": False}},
        "status": {"state": "DONE"},
    }


def datasets(call: Call) -> JSON:
    """datasets.list: the datasets that the caller has permission to see, if any."""
    project = call.project(call.params["project"])
    names = sorted(project.datasets)
    seen = [name for name in names if allowed(call, project, "bigquery.datasets.get", project.datasets[name])]
    rows = [_dataset(project, project.datasets[name]) for name in seen]
    return {"kind": "bigquery#datasetList", **({"datasets": rows} if rows else {})}


def dataset(call: Call) -> JSON:
    """datasets.get: with the access list, in which conditions are shown to callers that ask for version 3."""
    project, found = _found_dataset(call, "bigquery.datasets.get")
    return _with_access(call, project, found)


def patch_dataset(call: Call) -> JSON:
    """datasets.patch and datasets.update of the access list, if its etag is the one of If-Match."""
    project, found = _found_dataset(call, "bigquery.datasets.update")
    match = call.headers.get("if-match", "")
    if match and match.strip('"') != _etag(found):
        raise BigQueryError(412, "FAILED_PRECONDITION", "conditionNotMet", "Precondition check failed.")
    access = call.document().get("access")
    if access is not None:
        _check_version(call, found, access)
        settings = call.world.settings
        set_access(call.world.projects, found, access, call.world.clock(), settings.propagation)
    return _with_access(call, project, found)


def tables(call: Call) -> JSON:
    """tables.list."""
    project, found = _found_dataset(call, "bigquery.tables.list")
    rows = [
        {
            "kind": "bigquery#table",
            "id": f"{project.id}:{found.id}.{name}",
            "tableReference": {"projectId": project.id, "datasetId": found.id, "tableId": name},
            "type": "TABLE",
        }
        for name in sorted(found.tables)
    ]
    return {"kind": "bigquery#tableList", "totalItems": len(rows), **({"tables": rows} if rows else {})}


def table(call: Call) -> JSON:
    """tables.get; also update, patch and delete of a table that is not there."""
    project, found, name = _found_table(call, "bigquery.tables.get")
    if call.method != "GET":
        raise lacking(f"{call.method} of tables")
    return {
        "kind": "bigquery#table",
        "id": f"{project.id}:{found.id}.{name}",
        "tableReference": {"projectId": project.id, "datasetId": found.id, "tableId": name},
        "type": "TABLE",
        "location": found.location,
    }


def get_table_policy(call: Call) -> JSON:
    """tables.getIamPolicy."""
    _, found, name = _found_table(call, "bigquery.tables.getIamPolicy")
    return read_policy(call, found.tables[name])


def set_table_policy(call: Call) -> JSON:
    """tables.setIamPolicy."""
    _, found, name = _found_table(call, "bigquery.tables.setIamPolicy")
    check_roles(call.part("policy"), "bigquery.")
    return write_policy(call, found.tables[name])


def test_table_permissions(call: Call) -> JSON:
    """tables.testIamPermissions."""
    project, found, name = _found_table(call, "")
    permissions = asked_permissions(call)
    check_testable(permissions, ("bigquery.tables.", "bigquery.rowAccessPolicies."))
    return held([each for each in permissions if allowed(call, project, each, found, name)])


def allowed(call: Call, project: Project, permission: str, dataset: Dataset | None, table: str = "") -> bool:
    """Whether a policy of the project, or above it, or of the dataset or its table gives the permission now."""
    access = call.access(permission, f"projects/{project.id}")
    policies = [dataset.policy] if dataset is not None else []
    if dataset is not None and table in dataset.tables:
        policies.append(dataset.tables[table])
    return call.world.projects.grants(project, access, any(policy.grants(access) for policy in policies))


def _found_dataset(call: Call, permission: str) -> tuple[Project, Dataset]:
    project, name = call.project(call.params["project"]), call.params["dataset"]
    found = project.datasets.get(name)
    if not allowed(call, project, permission, found):
        text = f"Access Denied: Dataset {project.id}:{name}: Permission {permission} denied on dataset "
        text += f"{project.id}:{name} (or it may not exist)."
        raise BigQueryError(403, "PERMISSION_DENIED", "accessDenied", text)
    if found is None:
        raise BigQueryError(404, "NOT_FOUND", "notFound", f"Not found: Dataset {project.id}:{name}")
    return project, found


def _found_table(call: Call, permission: str) -> tuple[Project, Dataset, str]:
    project, name = call.project(call.params["project"]), call.params["dataset"]
    table_id, found = call.params["table"], project.datasets.get(name)
    if permission and not allowed(call, project, permission, found, table_id):
        text = f"Access Denied: Table {project.id}:{name}.{table_id}"
        raise BigQueryError(403, "PERMISSION_DENIED", "accessDenied", text)
    named = str(call.part("tableReference").get("tableId") or table_id)
    if named != table_id:
        raise BigQueryError(400, "INVALID_ARGUMENT", "invalidParameter", _disagreement(named, table_id))
    if found is None:
        raise BigQueryError(404, "NOT_FOUND", "notFound", f"Not found: Dataset {project.id}:{name}")
    if table_id not in found.tables:
        raise BigQueryError(404, "NOT_FOUND", "notFound", f"Not found: Table {project.id}:{name}.{table_id}")
    return project, found, table_id


def _check_version(call: Call, found: Dataset, access: JSON) -> None:
    """Refuse to read or write conditions without version 3 of the access policy (datasets.update reference)."""
    entries = [*found.access, *(access if isinstance(access, list) else [])]
    conditional = any(isinstance(entry, dict) and entry.get("condition") for entry in entries)
    if conditional and call.query.get("accessPolicyVersion") != "3":
        raise BigQueryError(400, "INVALID_ARGUMENT", "invalid", "The access policy version must be 3.")


def _with_access(call: Call, project: Project, found: Dataset) -> JSON:
    version = call.query.get("accessPolicyVersion") or "0"
    if version not in ("0", "1", "3"):
        raise BigQueryError(400, "INVALID_ARGUMENT", "invalid", "The access policy version must be 0, 1 or 3.")
    shown = found.access if version == "3" else [_without_condition(entry) for entry in found.access]
    return {**_dataset(project, found), "etag": _etag(found), "access": shown}


def _without_condition(entry: JSON) -> JSON:
    """An entry as clients of older versions see it: a digest of the condition is in the role's name."""
    if not isinstance(entry, dict) or not entry.get("condition"):
        return entry
    digest = sha256(repr(entry["condition"]).encode()).hexdigest()[:20]
    plain = {key: value for key, value in entry.items() if key != "condition"}
    return {**plain, "role": f"{entry['role']}{WITH_CONDITION}{digest}"}


def _etag(found: Dataset) -> str:
    text = repr((found.id, found.policy.etag, found.access))
    return base64.b64encode(sha256(text.encode()).digest()[:16]).decode()


def _disagreement(named: str, table_id: str) -> str:
    return (
        f"Value {named} in content does not agree with value {table_id}. "
        "This can happen when a value set through a parameter is inconsistent with a value set in the request."
    )


def _runner(call: Call) -> Project:
    """The project to run a job in, if the caller has permission to run jobs there."""
    project = call.project(call.params["project"])
    permission = "bigquery.jobs.create"
    text = f"Access Denied: Project {project.id}: User does not have {permission} permission in project {project.id}."
    call.require(permission, project, refusal=lambda: BigQueryError(403, "PERMISSION_DENIED", "accessDenied", text))
    return project


def _check_query(document: JSON, dry_run: bool) -> None:
    if not isinstance(document, dict) or not str(document.get("query") or "").strip():
        raise BigQueryError(400, "INVALID_ARGUMENT", "required", "A query is needed.")
    if not dry_run:
        raise BigQueryError(501, "UNIMPLEMENTED", "notImplemented", "This sandbox runs no queries: ask for a dry run.")


def _check_tables(call: Call, runner: Project, document: JSON) -> None:
    """Refuse a query from a table that the caller does not have permission to read."""
    text = str(document.get("query")) if isinstance(document, dict) else ""
    for name in _FROM.findall(text):
        *project_id, dataset_id, table_id = name.split(".")
        project = call.world.projects.find(project_id[0]) if project_id else runner
        found = project.datasets.get(dataset_id) if project is not None else None
        if project is None or not allowed(call, project, "bigquery.tables.getData", found, table_id):
            full = f"{project_id[0] if project_id else runner.id}:{dataset_id}.{table_id}"
            words = f"User does not have permission to query table {full}, or perhaps it does not exist."
            text = f"Access Denied: Table {full}: {words}"
            raise BigQueryError(403, "PERMISSION_DENIED", "accessDenied", text)
        if found is None or table_id not in found.tables:
            text = f"Not found: Table {project.id}:{dataset_id}.{table_id}"
            raise BigQueryError(404, "NOT_FOUND", "notFound", text)


def _reference(project: Project) -> JSON:
    return {"projectId": project.id, "location": "US"}


def _dataset(project: Project, found: Dataset) -> JSON:
    reference = {"datasetId": found.id, "projectId": project.id}
    return {
        "kind": "bigquery#dataset",
        "id": f"{project.id}:{found.id}",
        "datasetReference": reference,
        "location": found.location,
    }


_DATASET = PROJECT + "/datasets/{dataset}"
_TABLES = _DATASET + "/tables"
_ONE_TABLE = _TABLES + "/{table}"
ROUTES = [
    Route("POST", PROJECT + "/queries", query, "read"),
    Route("POST", PROJECT + "/jobs", insert, "read"),
    Route("GET", PROJECT + "/datasets", datasets, "read"),
    Route("GET", _DATASET, dataset, "read"),
    Route("PATCH", _DATASET, patch_dataset, "write"),
    Route("PUT", _DATASET, patch_dataset, "write"),
    Route("GET", _TABLES, tables, "read"),
    Route("POST", _ONE_TABLE + ":getIamPolicy", get_table_policy, "read", body=READ_BODY),
    Route("POST", _ONE_TABLE + ":setIamPolicy", set_table_policy, "write", body=WRITE_BODY),
    Route("POST", _ONE_TABLE + ":testIamPermissions", test_table_permissions, "read", body=TEST_BODY),
    Route("GET", TABLE, table, "read"),
    Route("PUT", TABLE, table, "write"),
    Route("PATCH", TABLE, table, "write"),
    Route("DELETE", TABLE, table, "write"),
]
