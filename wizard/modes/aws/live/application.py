"""The application's hop: google-auth with the generated file, in the workload's environment."""

import json
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wizard.chain import child
from wizard.chain.hop import Outcome, ProbeError, Refusal
from wizard.chain.target import permission_request
from wizard.language import _, translated
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.hops import APPLICATION
from wizard.modes.aws.live.places import Place
from wizard.modes.aws.runtimes import RUNTIMES

SUPPLIER = "an AwsSecurityCredentialsSupplier backed by botocore"

_SCRIPT = Path(__file__).with_name("as_application.py")
_TIMEOUT = 180.0  # seconds
_METADATA_URLS = ("url", "region_url", "imdsv2_session_token_url")


def run(test: AwsTest, place: Place, supplier: bool, stop: threading.Event | None = None) -> Outcome:
    """Get a token with google-auth and use it once on the target.

    With `supplier`, the AWS keys come from botocore, since google-auth itself reads only the environment and the
    instance metadata; the evidence also has the result with the file alone. Raises Stopped.
    """
    started = time.monotonic()
    try:
        report = _report(test, place, supplier, stop)
    except ProbeError as error:
        return Outcome(APPLICATION, "failed", (str(error),), str(error), elapsed=time.monotonic() - started)
    plain_file = RUNTIMES[place.runtime].plain_file if place.runtime else ""
    return _outcome(report, time.monotonic() - started, plain_file or None)


def needs_supplier(place: Place, credentials: Outcome | None) -> bool:
    """Return whether google-auth needs a supplier, since it does not read the runtime's credentials by itself."""
    if place.runtime is not None:
        return RUNTIMES[place.runtime].needs_supplier
    return credentials is not None and not credentials.received.get("google_auth", {}).get("same", True)


def _report(test: AwsTest, place: Place, supplier: bool, stop: threading.Event | None) -> dict[str, Any]:
    request = {
        "supplier": supplier,
        "link_local": place.link_local,
        "hosts": _hosts(test),
        "call": _call(test),
    }
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="wif-wizard-") as folder:
        file = Path(folder, "credential-configuration.json")
        file.write_text(json.dumps(dict(test.config)), encoding="utf-8")
        environment = {
            **place.environment,
            "GOOGLE_APPLICATION_CREDENTIALS": str(file),
            "GOOGLE_CLOUD_PROJECT": test.project,  # else google-auth looks the project up at Resource Manager
            "CLOUDSDK_CONFIG": folder,
        }
        ended = child.run(_SCRIPT, json.dumps(request), environment, lines.append, _TIMEOUT, stop=stop)
    try:
        report = json.loads("".join(lines))
    except ValueError as error:
        words = _("the process that ran google-auth ended unexpectedly (exit code {code}): {stderr}").format(
            code=ended.code, stderr=ended.stderr
        )
        raise ProbeError(words) from error
    return dict(report)


def _call(test: AwsTest) -> dict[str, Any] | None:
    """Return a call that the application can make: a BigQuery dry run, or a permissions test; None without targets."""
    if test.bigquery_project:
        base = test.endpoints.get("bigquery", "https://bigquery.googleapis.com/bigquery/v2")
        body: dict[str, Any] = {"query": "SELECT 1", "useLegacySql": False, "dryRun": True}
        return {"url": f"{base.rstrip('/')}/projects/{test.bigquery_project}/queries", "body": body}
    for asked in permission_request(test.targets, test.endpoints):
        if asked.get("method", "POST") == "POST":
            base = test.endpoints.get("resource_manager", "https://cloudresourcemanager.googleapis.com")
            of_project = f"{base.rstrip('/')}/v1/projects/{asked['project']}:testIamPermissions"
            return {"url": asked.get("url", of_project), "body": {"permissions": asked["permissions"][:1]}}
    return None


def _hosts(test: AwsTest) -> list[str]:
    """Return the hosts that this test can contact: those in the checked file, and the target's host."""
    source = test.config.get("credential_source", {})
    named = [test.config.get("token_url"), test.config.get("service_account_impersonation_url")]
    named.extend(source.get(name) for name in _METADATA_URLS)
    named.append((_call(test) or {}).get("url"))
    return sorted({urlsplit(url).netloc for url in named if isinstance(url, str)})


def _outcome(report: Mapping[str, Any], elapsed: float, plain_file: str | None) -> Outcome:
    own, version = report["supplier"] or report["plain"], f"google-auth {report['version']}"
    way = (
        _("{version} with {supplier}").format(version=version, supplier=_(SUPPLIER))
        if report["supplier"]
        else _("{version} with only the credential configuration").format(version=version)
    )
    evidence = [f"{way}: {_result(own)}"]
    if report["supplier"]:
        words = _result(report["plain"])
        evidence.append(
            _("{version} used the credential configuration without a supplier. Result: {words}").format(
                version=version, words=words
            )
        )
        evidence.extend([translated(plain_file)] if plain_file else [])
    sent, received = {"way": way}, {"own_way": own, "plain_file": report["plain"]}
    if own["ok"]:
        return Outcome(APPLICATION, "ok", tuple(evidence), elapsed=elapsed, sent=sent, received=received)
    kind, _ignored, words = own["words"].partition(": ")
    refusal = Refusal(kind.rsplit(".", 1)[-1], words)
    reason = f"{way}: {own['words']}"
    return Outcome(APPLICATION, "failed", tuple(evidence), reason, None, elapsed, sent, received, refusal)


def _result(result: Mapping[str, Any]) -> str:
    expiry = result["expiry"]
    return _("got a token that is valid until {expiry}").format(expiry=expiry) if result["ok"] else str(result["words"])
