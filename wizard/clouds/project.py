"""Reads the number of a project, which a setup does not contain."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.language import _


def project_number(clouds: Clouds, project: str) -> str:
    """Return the number of a project, which principals and audiences contain. Raises CloudError.

    Reads it from Resource Manager or, if that API is not enabled, from the resource names of Service Usage.
    """
    try:
        document = clouds.google.call("cloudresourcemanager", "GET", f"/v1/projects/{project}")
        number = str(document["projectNumber"])
        clouds.projects[project] = document
        return number
    except CloudError as error:
        if error.service_disabled is None:
            raise _with_hint(error, project) from error
    path = f"/v1/projects/{project}/services/cloudresourcemanager.googleapis.com"
    return str(clouds.google.call("serviceusage", "GET", path)["name"].split("/")[1])


def parent(clouds: Clouds, project: str) -> str | None:
    """Return what contains a project that was read: folders/ID or organizations/ID, or "" for nothing.

    Returns None if the project was not read in this session.
    """
    if project not in clouds.projects:
        return None
    found = clouds.projects[project].get("parent")
    return f"{found['type']}s/{found['id']}" if found else ""


def _with_hint(error: CloudError, project: str) -> CloudError:
    """Add a hint to a 403, which Google answers for a missing project and for one that you have no access to."""
    if error.status == 403:
        error.hint = _(
            'you cannot see the project "{project}": check google.project, or ask for the permission '
            "resourcemanager.projects.get on the project (roles/browser)"
        ).format(project=project)
    return error
