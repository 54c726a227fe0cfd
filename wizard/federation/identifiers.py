"""The resource names of workload identity pools and providers, and the audience of a token exchange."""

import re
from dataclasses import dataclass

from wizard.language import _
from wizard.phrases import all_of

IAM_HOST = "//iam.googleapis.com/"
"""The prefix that turns a resource name of IAM into a full resource name."""

_POOL = re.compile(
    r"projects/(?P<project>[^/\s]+)/locations/(?P<location>[^/\s]+)/workloadIdentityPools/(?P<pool>[^/\s]+)"
)
_PROVIDER = re.compile(_POOL.pattern + r"/providers/(?P<provider>[^/\s]+)")
_FORM = "projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER"


_WRITE_NUMBER = (
    "write the number of the pool's project, which "
    "`gcloud projects describe PROJECT_ID --format='value(projectNumber)'` prints"
)
_PLACEHOLDER = re.compile(
    r"[A-Z][A-Z0-9]*([_-][A-Z0-9]+)*"  # PROJECT_NUMBER: ids of projects, pools and providers have no capitals
    r"|\$\(?\w+\)?|\$?\{+[^{}]*\}+|<[^<>]*>|\[[^\[\]]*\]|%\w+%"
)


class AudienceError(ValueError):
    """An audience that Google's token service refuses: `what` is wrong, and the `fix`.

    `project` is what stands where the number of the pool's project must be, if that is what is wrong: a project ID, or
    a placeholder (`is_placeholder`). `is_pool`: it is the name of a pool.
    """

    def __init__(
        self, what: str, fix: str, project: str = "", *, is_placeholder: bool = False, is_pool: bool = False
    ) -> None:
        """The message is `what`, then `fix`."""
        super().__init__(f"{what}: {fix}")
        self.what = what
        self.fix = fix
        self.project = project
        self.is_placeholder = is_placeholder
        self.is_pool = is_pool


def is_placeholder(text: str) -> bool:
    """Return whether a part of a name is a placeholder of a manual, such as PROJECT_NUMBER, <pool-id> or $POOL."""
    return bool(_PLACEHOLDER.fullmatch(text))


@dataclass(frozen=True)
class PoolName:
    """A workload identity pool: the number of its project, and its id."""

    project_number: str
    pool: str

    @property
    def name(self) -> str:
        """The resource name in the IAM API."""
        return f"projects/{self.project_number}/locations/global/workloadIdentityPools/{self.pool}"

    @classmethod
    def parse(cls, text: str) -> "PoolName":
        """Return the pool of a resource name, with or without //iam.googleapis.com/. Raises ValueError."""
        match = _POOL.fullmatch(text.removeprefix(IAM_HOST))
        if not match:
            form = _FORM.partition("/providers")[0]
            raise ValueError(_('"{text}" is not a workload identity pool: write {form}').format(text=text, form=form))
        _check_project_and_location(match)
        return cls(match["project"], match["pool"])

    def __str__(self) -> str:
        """Return the resource name."""
        return self.name


@dataclass(frozen=True)
class ProviderName:
    """A provider: its workload identity pool, and its id."""

    pool: PoolName
    provider: str

    @property
    def name(self) -> str:
        """The resource name in the IAM API."""
        return f"{self.pool.name}/providers/{self.provider}"

    @property
    def audience(self) -> str:
        """The full resource name, which is the audience for the token service."""
        return IAM_HOST + self.name

    @classmethod
    def parse(cls, audience_or_name: str) -> "ProviderName":
        """Return the provider of an audience or a resource name. Raises AudienceError."""
        name = _without_host(audience_or_name)
        _check_placeholders(name)
        match = _PROVIDER.fullmatch(name)
        if not match:
            raise _invalid(audience_or_name, name)
        _check_project_and_location(match)
        return cls(PoolName(match["project"], match["pool"]), match["provider"])

    def __str__(self) -> str:
        """Return the resource name."""
        return self.name


def _without_host(text: str) -> str:
    name = text.removeprefix(IAM_HOST)
    if name.startswith((IAM_HOST, "https:", "http:", "//", "/")):
        rest = name[name.find("projects/") :] if "projects/" in name else _FORM
        if text.startswith(IAM_HOST):
            what = _('"{text}" is not a full resource name: it has the prefix //iam.googleapis.com/ twice').format(
                text=text
            )
        else:
            what = _('"{text}" is not a full resource name: its prefix is not //iam.googleapis.com/').format(text=text)
        raise AudienceError(what, _("write {wanted}").format(wanted=f"{IAM_HOST}{rest}"))
    return name


def _invalid(text: str, name: str) -> AudienceError:
    if _POOL.fullmatch(name.rstrip("/")):
        fix = _("append /providers/PROVIDER_ID: {iam_host}{name}/providers/PROVIDER_ID").format(
            iam_host=IAM_HOST, name=name.rstrip("/")
        )
        return AudienceError(_('"{text}" names the pool, not the provider').format(text=text), fix, is_pool=True)
    return AudienceError(
        _('"{text}" is not the resource name of a provider').format(text=text),
        _("write {wanted}").format(wanted=f"{IAM_HOST}{_FORM}"),
    )


def _check_placeholders(name: str) -> None:
    """Raise AudienceError for placeholders that nobody replaced."""
    parts = name.split("/")
    left = [part for part in parts if is_placeholder(part)]
    if not left:
        return
    project = parts[1] if parts[0] == "projects" and parts[1] in left else ""
    fix = _(_WRITE_NUMBER) if project else _("write the IDs of the pool and its provider")
    what = (
        _("{names} is a placeholder that was not replaced")
        if len(left) == 1
        else _("{names} are placeholders that were not replaced")
    )
    raise AudienceError(what.format(names=all_of(left)), fix, project, is_placeholder=True)


def _check_project_and_location(name: re.Match[str]) -> None:
    project = name["project"]
    if not (project.isascii() and project.isdigit()):
        fix = _(
            "write the number that `gcloud projects describe {project} --format='value(projectNumber)'` prints"
        ).format(project=project)
        raise AudienceError(
            _('"{project}" is a project ID, not a project number').format(project=project), fix, project
        )
    if name["location"] != "global":
        what = _('the location is "{location}", but workload identity pools are global').format(
            location=name["location"]
        )
        raise AudienceError(what, _("write locations/global"))
