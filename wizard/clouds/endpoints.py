"""The base URL of each API: Google's public hosts, unless environment variables override them.

The same variables direct the wizard and the cloud's own tools to the same hosts: `CLOUDSDK_API_ENDPOINT_OVERRIDES_*`
(which gcloud reads) and `AWS_ENDPOINT_URL` (which botocore reads).
"""

from __future__ import annotations

from collections.abc import Mapping

from wizard.federation.config_check import is_google_url
from wizard.federation.credential_config import GOOGLE_UNIVERSE

_OVERRIDE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"
_PUBLIC = {
    "bigquery": "https://bigquery.googleapis.com/bigquery/v2",
    "storage": "https://storage.googleapis.com/storage/v1",
}

SANDBOX = "WIF_WIZARD_SANDBOX"
"""The environment variable that a sandbox sets to the name of its scenario."""


def google(api: str, environ: Mapping[str, str]) -> str:
    """Return the base URL of a Google API, such as `https://iam.googleapis.com`, without a trailing slash."""
    default = _PUBLIC.get(api, f"https://{api}.googleapis.com")
    return environ.get(_OVERRIDE + api.upper(), default).rstrip("/")


def for_workloads(api: str, environ: Mapping[str, str]) -> str:
    """Return the base URL of a Google API for a workload: the override, if it is a host of Google's own.

    Such a host is one of Private Service Connect. Other overrides are for the programs of this machine.
    """
    url = google(api, environ)
    return url if is_google_url(url, api) else google(api, {})


def universe_domain(environ: Mapping[str, str]) -> str:
    """Return the universe domain for credential configurations in this environment."""
    return environ.get("CLOUDSDK_CORE_UNIVERSE_DOMAIN", GOOGLE_UNIVERSE)
