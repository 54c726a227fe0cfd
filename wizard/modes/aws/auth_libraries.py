"""Which AWS credentials each of Google's auth libraries finds with a credential configuration alone.

Sources: the libraries' own code, and for containers googleapis/google-auth-library-python #1556 (declined),
golang/oauth2, googleapis/google-auth-library-java #957 (open), googleapis/google-auth-library-nodejs (checked up to
11.3.4), googleapis/google-auth-library-php #674 (merged in July 2026). Measured with google-auth 2.63.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.language import N_, _, translated

ENVIRONMENT, INSTANCE = "environment", "instance metadata"
CONTAINER = ("container endpoint (relative URI)", "container endpoint (full URI)")
"""Where credentials are found, as the probe names it. There is also `profile`, which no library reads."""


@dataclass(frozen=True)
class AuthLibrary:
    """An auth library: its language, its package, and the sources of AWS credentials that it reads by itself."""

    language: str
    package: str
    reads: tuple[str, ...] = (ENVIRONMENT, INSTANCE)

    @property
    def title(self) -> str:
        """The language, with the package."""
        return f"{self.language} ({translated(self.package)})"


LIBRARIES = (
    AuthLibrary("Python", "google-auth"),
    AuthLibrary("Go", "golang.org/x/oauth2"),
    AuthLibrary("Node.js", "google-auth-library"),
    AuthLibrary("Java", "google-auth-library-oauth2-http"),
    AuthLibrary("PHP", N_("google/auth versions since July 2026"), (ENVIRONMENT, *CONTAINER, INSTANCE)),
)

_SAME = (
    "if the program has only this credential configuration, these auth libraries find the same AWS credentials as the "
    "test: {libraries}"
)
_NOTHING = (
    "if the program has only this credential configuration, these auth libraries find no AWS credentials: {libraries}"
)
_HOST = (
    "if the program has only this credential configuration, these auth libraries silently use a different identity: "
    "{libraries}. This identity is the host's role {role}, from the instance metadata service"
)
_ASK_HOST = (
    "if the program has only this credential configuration, these auth libraries call the instance metadata service: "
    "{libraries}. The instance metadata service does not serve credentials of the task role. On an EC2 host, these "
    "libraries silently use the role of the host. On Fargate, these libraries get no credentials"
)
_KEYS = (
    "if the program has only this credential configuration, these auth libraries ({libraries}) use different AWS "
    "access keys from environment variables"
)


def evidence(received: Mapping[str, Any]) -> list[str]:
    """Return what each library would have found, as sentences. `received` is that of the step of the AWS credentials.

    A library that does not read the source of the credentials goes on to those that it reads, as google-auth does.
    """
    source, alone = str(received.get("source")), received.get("google_auth", {})
    same = [each for each in LIBRARIES if source in each.reads]
    others = [each for each in LIBRARIES if source not in each.reads]
    lines = [_(_SAME).format(libraries=_titles(same))] if same else []
    if not others:
        return lines
    template, role = _(_NOTHING), alone.get("role")
    if alone.get("source") == INSTANCE:
        template = _(_HOST)
    elif alone.get("source") == ENVIRONMENT:
        template = _(_KEYS)
    elif alone.get("not_asked"):
        template = _(_ASK_HOST)
    return [template.format(libraries=_titles(others), role=role), *lines]


def _titles(libraries: list[AuthLibrary]) -> str:
    return ", ".join(library.title for library in libraries)
