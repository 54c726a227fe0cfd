"""What Resource Manager shows of a project, in versions 1 and 3; fields without a value are left out."""

from __future__ import annotations

from datetime import datetime

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.projects import Project

V1_TYPE = "type.googleapis.com/google.cloudresourcemanager.v1.Project"
V3_TYPE = "type.googleapis.com/google.cloud.resourcemanager.v3.Project"


def version_1(project: Project) -> dict[str, JSON]:
    """{"projectNumber", "projectId", "lifecycleState", "name", "labels", "createTime", "parent": {"type", "id"}}."""
    shown = {
        "projectNumber": project.number,
        "projectId": project.id,
        "lifecycleState": state(project.deleted),
        "name": project.name,
        "labels": dict(project.labels),
        "createTime": timestamp(project.created),
        "parent": _parent(project.parent),
    }
    return {key: value for key, value in shown.items() if value}


def version_3(project: Project) -> dict[str, JSON]:
    """{"name": "projects/NUMBER", "parent": "folders/123", "projectId", "state", "displayName", "labels", ...}."""
    shown = {
        "name": f"projects/{project.number}",
        "parent": project.parent,
        "projectId": project.id,
        "state": state(project.deleted),
        "displayName": project.name,
        "createTime": timestamp(project.created),
        "updateTime": timestamp(project.changed or project.created),
        "deleteTime": timestamp(project.changed) if project.deleted and project.changed else "",
        "etag": project.policy.etag,
        "labels": dict(project.labels),
    }
    return {key: value for key, value in shown.items() if value}


def state(deleted: bool) -> str:
    """The life cycle state of a project or folder."""
    return "DELETE_REQUESTED" if deleted else "ACTIVE"


def timestamp(moment: datetime) -> str:
    """The moment as Resource Manager writes it, in microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _parent(name: str) -> JSON:
    """A name such as "folders/123" in the form of version 1; empty for none."""
    kind, _, number = name.partition("s/")
    return {"type": kind, "id": number} if name else {}
