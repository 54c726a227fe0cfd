"""What the clouds know that a setup does not say."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds


def project_number(clouds: Clouds, project: str) -> str:
    """The number of a project, which is what principals and audiences name. Raises CloudError.

    Resource Manager tells it; where that API is off in a new project, the names that Service Usage answers tell it too.
    """
    try:
        return str(clouds.google.call("cloudresourcemanager", "GET", f"/v1/projects/{project}")["projectNumber"])
    except CloudError as error:
        if error.service_disabled is None:
            raise _explained(error, project) from error
    path = f"/v1/projects/{project}/services/cloudresourcemanager.googleapis.com"
    return str(clouds.google.call("serviceusage", "GET", path)["name"].split("/")[1])


def _explained(error: CloudError, project: str) -> CloudError:
    """Google answers 403 both for a project that does not exist and for one that is not yours to see."""
    if error.status == 403:
        error.hint = (
            f'no project "{project}" is visible to you: check google.project, '
            "or ask for resourcemanager.projects.get on it (roles/browser)"
        )
    return error
