"""The quota project: the project that a call is charged to.

User credentials belong to no project, so Google charges their calls to the project of the OAuth client they came
through, unless `x-goog-user-project` names another one. gcloud's own client lives in a project where Google has
switched every API on, and so gcloud works without the header. Other programs that use the same client's credentials
(Application Default Credentials) are refused without it. One token serves both here, so the sandbox tells gcloud by
the User-Agent that it sends.
"""

from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.projects import Project

from .calls import Call
from .errors import GCLOUD_PROJECT, GoogleError, error_info
from .services import require_enabled

HEADER = "x-goog-user-project"
GCLOUD_AGENT = "google-cloud-sdk gcloud/"
PERMISSION = "serviceusage.services.use"


def from_gcloud(user_agent: str) -> bool:
    """Whether the program that sends this User-Agent is gcloud."""
    return GCLOUD_AGENT in user_agent


def charge(call: Call, caller: Caller, required: bool) -> Project | None:
    """The quota project that the call names, after checking that the caller may use it and that the API is on there.

    None when it names none, which users other than gcloud's are refused for, if `required`. Raises GoogleError 403.
    """
    named = call.headers.get(HEADER)
    if named:
        project = _usable(call, named)
        require_enabled(call.service, project)
        return project
    if required and caller.kind == "user" and not from_gcloud(call.headers.get("user-agent", "")):
        raise _no_quota_project(call.service)
    return None


def _usable(call: Call, named: str) -> Project:
    project = call.world.projects.find(named)
    if project is None or not call.allowed(PERMISSION, project):
        raise _may_not_use(named, call.service)
    return project


def _no_quota_project(service: str) -> GoogleError:
    message = (
        "Your application is authenticating by using local Application Default Credentials. "
        f"The {service} API requires a quota project, which is not set by default. To learn how to set your quota "
        "project, see https://cloud.google.com/docs/authentication/adc-troubleshooting/user-creds ."
    )
    metadata = {"service": service, "consumer": f"projects/{GCLOUD_PROJECT}"}
    return GoogleError(403, "PERMISSION_DENIED", message, [error_info("SERVICE_DISABLED", "googleapis.com", metadata)])


def _may_not_use(project: str, service: str) -> GoogleError:
    message = (
        f"Caller does not have required permission to use project {project}. Grant the caller the "
        "roles/serviceusage.serviceUsageConsumer role, or a custom role with the serviceusage.services.use permission, "
        f"by visiting https://console.developers.google.com/iam-admin/iam/project?project={project} and then retry. "
        "Propagation of the new permission may take a few minutes."
    )
    metadata = {"service": service, "consumer": f"projects/{project}"}
    return GoogleError(
        403, "PERMISSION_DENIED", message, [error_info("USER_PROJECT_DENIED", "googleapis.com", metadata)]
    )
