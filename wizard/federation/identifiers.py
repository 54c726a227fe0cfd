"""Names of workload identity pools and providers, and the audience that a token is asked for."""

import re
from dataclasses import dataclass

IAM_HOST = "//iam.googleapis.com/"
"""What stands before a resource name of IAM to make it a full resource name."""

_POOL = re.compile(
    r"projects/(?P<project>[^/\s]+)/locations/(?P<location>[^/\s]+)/workloadIdentityPools/(?P<pool>[^/\s]+)"
)
_PROVIDER = re.compile(_POOL.pattern + r"/providers/(?P<provider>[^/\s]+)")
_FORM = "projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER"


class AudienceError(ValueError):
    """An audience that Google's token service would refuse: what is wrong with it, and the fix."""

    def __init__(self, what: str, fix: str) -> None:
        """Join both sentences into the message."""
        super().__init__(f"{what}: {fix}")
        self.what = what
        self.fix = fix


@dataclass(frozen=True)
class PoolName:
    """A workload identity pool, by the number of its project."""

    project_number: str
    pool: str

    @property
    def name(self) -> str:
        """The resource name, as the IAM API answers it."""
        return f"projects/{self.project_number}/locations/global/workloadIdentityPools/{self.pool}"

    @classmethod
    def parse(cls, text: str) -> "PoolName":
        """Read a resource name, with or without //iam.googleapis.com/; ValueError says what is wrong."""
        found = _POOL.fullmatch(text.removeprefix(IAM_HOST))
        if not found:
            raise ValueError(f'"{text}" is not a workload identity pool: write {_FORM.partition("/providers")[0]}')
        _check_project_and_location(found)
        return cls(found["project"], found["pool"])

    def __str__(self) -> str:
        """The resource name."""
        return self.name


@dataclass(frozen=True)
class ProviderName:
    """A provider of a workload identity pool."""

    pool: PoolName
    provider: str

    @property
    def name(self) -> str:
        """The resource name, as the IAM API answers it."""
        return f"{self.pool.name}/providers/{self.provider}"

    @property
    def audience(self) -> str:
        """The full resource name, which is what the token service takes as audience."""
        return IAM_HOST + self.name

    @classmethod
    def parse(cls, audience_or_name: str) -> "ProviderName":
        """Read an audience or a resource name; AudienceError says what is wrong with any other text."""
        name = _without_host(audience_or_name)
        found = _PROVIDER.fullmatch(name)
        if not found:
            raise _unreadable(audience_or_name, name)
        _check_project_and_location(found)
        return cls(PoolName(found["project"], found["pool"]), found["provider"])

    def __str__(self) -> str:
        """The resource name."""
        return self.name


def _without_host(text: str) -> str:
    name = text.removeprefix(IAM_HOST)
    if name.startswith((IAM_HOST, "https:", "http:", "//", "/")):
        rest = name[name.find("projects/") :] if "projects/" in name else _FORM
        what = "the prefix is there twice" if text.startswith(IAM_HOST) else "the prefix is not //iam.googleapis.com/"
        raise AudienceError(f'"{text}" is not a full resource name, {what}', f"write {IAM_HOST}{rest}")
    return name


def _unreadable(text: str, name: str) -> AudienceError:
    if _POOL.fullmatch(name.rstrip("/")):
        fix = f"append /providers/PROVIDER_ID: {IAM_HOST}{name.rstrip('/')}/providers/PROVIDER_ID"
        return AudienceError(f'"{text}" names the pool, not the provider', fix)
    return AudienceError(f'"{text}" is not the resource name of a provider', f"write {IAM_HOST}{_FORM}")


def _check_project_and_location(found: re.Match[str]) -> None:
    project = found["project"]
    if not (project.isascii() and project.isdigit()):
        fix = f"write the number that `gcloud projects describe {project} --format='value(projectNumber)'` prints"
        raise AudienceError(f'"{project}" is a project id, and the project number is needed', fix)
    if found["location"] != "global":
        what = f'the location is "{found["location"]}", and workload identity pools are global'
        raise AudienceError(what, "write locations/global")
