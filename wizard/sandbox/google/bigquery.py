"""BigQuery v2, as far as proving a permission needs it: dry runs, and the datasets, which have no tables."""

from __future__ import annotations

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.projects import Dataset, Project

from .calls import Call, Route
from .errors import GoogleError

SERVICE = "bigquery.googleapis.com"
PROJECT = "/bigquery/v2/projects/{project}"
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
    seen = sorted(project.datasets) if call.allowed("bigquery.datasets.get", project) else []
    rows = [_dataset(project, project.datasets[name]) for name in seen]
    return {"kind": "bigquery#datasetList", **({"datasets": rows} if rows else {})}


def dataset(call: Call) -> JSON:
    """datasets.get."""
    project, name = call.project(call.params["project"]), call.params["dataset"]
    refusal = BigQueryError(403, "PERMISSION_DENIED", "accessDenied", f"Access Denied: Dataset {project.id}:{name}")
    call.require("bigquery.datasets.get", project, refusal=lambda: refusal)
    found = project.datasets.get(name)
    if found is None:
        raise BigQueryError(404, "NOT_FOUND", "notFound", f"Not found: Dataset {project.id}:{name}")
    return _dataset(project, found)


def table(call: Call) -> JSON:
    """tables.get, update, patch and delete: the sandbox has no tables, so that none is found."""
    project, name = call.project(call.params["project"]), call.params["dataset"]
    table_id = call.params["table"]
    text = f"Access Denied: Table {project.id}:{name}.{table_id}"
    refusal = BigQueryError(403, "PERMISSION_DENIED", "accessDenied", text)
    call.require("bigquery.tables.get", project, refusal=lambda: refusal)
    named = str(call.part("tableReference").get("tableId") or table_id)
    if named != table_id:
        raise BigQueryError(400, "INVALID_ARGUMENT", "invalidParameter", _disagreement(named, table_id))
    missing = f"Dataset {project.id}:{name}"
    if name in project.datasets:
        missing = f"Table {project.id}:{name}.{table_id}"
    raise BigQueryError(404, "NOT_FOUND", "notFound", f"Not found: {missing}")


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


ROUTES = [
    Route("POST", PROJECT + "/queries", query, "read"),
    Route("POST", PROJECT + "/jobs", insert, "read"),
    Route("GET", PROJECT + "/datasets", datasets, "read"),
    Route("GET", PROJECT + "/datasets/{dataset}", dataset, "read"),
    Route("GET", TABLE, table, "read"),
    Route("PUT", TABLE, table, "write"),
    Route("PATCH", TABLE, table, "write"),
    Route("DELETE", TABLE, table, "write"),
]
