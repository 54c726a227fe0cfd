"""Where each API is: Google's public hosts, unless the ecosystem's own variables say otherwise.

One environment points the wizard, gcloud, aws and kubectl at the same place: `CLOUDSDK_API_ENDPOINT_OVERRIDES_*` (read
by gcloud), `IAM_EMULATOR_HOST` (named as other Google emulators are) and `AWS_ENDPOINT_URL` (read by botocore itself).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

_OVERRIDE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"
_PUBLIC = {"bigquery": "https://bigquery.googleapis.com/bigquery/v2"}

SANDBOX = "WIF_WIZARD_SANDBOX"
"""Set in a sandbox's environment to the name of its scenario."""

SANDBOX_UNIVERSE = "sandbox.test"
"""The universe domain of credential configurations for a sandbox: google-auth then asks no outside host anything."""


def google(api: str, environ: Mapping[str, str]) -> str:
    """The base URL of a Google API, such as `https://iam.googleapis.com`, with no slash at its end."""
    default = _PUBLIC.get(api, f"https://{api}.googleapis.com")
    return environ.get(_OVERRIDE + api.upper(), default).rstrip("/")


def universe_domain(environ: Mapping[str, str]) -> str:
    """The universe domain that a credential configuration for this environment names."""
    return SANDBOX_UNIVERSE if SANDBOX in environ else environ.get("CLOUDSDK_CORE_UNIVERSE_DOMAIN", "googleapis.com")


def own_hosts(environ: Mapping[str, str]) -> list[str]:
    """The hosts (`127.0.0.1:8080`) that this environment, and nobody else, has declared to be Google's token hosts."""
    overridden = (environ.get(_OVERRIDE + api) for api in ("STS", "IAMCREDENTIALS"))
    return [urlsplit(url).netloc for url in overridden if url]
