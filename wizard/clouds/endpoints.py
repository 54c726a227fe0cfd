"""The base URL of each API: Google's public hosts, unless environment variables override them.

The same variables direct the wizard and the cloud's own tools to the same hosts: `CLOUDSDK_API_ENDPOINT_OVERRIDES_*`
(which gcloud reads), `IAM_EMULATOR_HOST` (named as for other Google emulators) and `AWS_ENDPOINT_URL` (which botocore
reads).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

_OVERRIDE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"
_PUBLIC = {"bigquery": "https://bigquery.googleapis.com/bigquery/v2"}

SANDBOX = "WIF_WIZARD_SANDBOX"
"""The environment variable that a sandbox sets to the name of its scenario."""

SANDBOX_UNIVERSE = "sandbox.test"
"""The universe domain of a sandbox's credential configurations, with which google-auth contacts no outside host."""


def google(api: str, environ: Mapping[str, str]) -> str:
    """Return the base URL of a Google API, such as `https://iam.googleapis.com`, without a trailing slash."""
    default = _PUBLIC.get(api, f"https://{api}.googleapis.com")
    return environ.get(_OVERRIDE + api.upper(), default).rstrip("/")


def universe_domain(environ: Mapping[str, str]) -> str:
    """Return the universe domain for credential configurations in this environment."""
    return SANDBOX_UNIVERSE if SANDBOX in environ else environ.get("CLOUDSDK_CORE_UNIVERSE_DOMAIN", "googleapis.com")


def own_hosts(environ: Mapping[str, str]) -> list[str]:
    """Return the hosts, such as `127.0.0.1:8080`, that the environment sets in place of Google's token hosts."""
    overridden = (environ.get(_OVERRIDE + api) for api in ("STS", "IAMCREDENTIALS"))
    return [urlsplit(url).netloc for url in overridden if url]
