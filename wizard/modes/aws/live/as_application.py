"""Get a Google token as the application does, with google-auth and the generated file, and use the token.

Runs as a child process with the workload's environment, which names the file in GOOGLE_APPLICATION_CREDENTIALS. Its
request is a JSON document on stdin: {"supplier": bool, "link_local": bool, "hosts": [...], "call": {"url", "body"} or
null}. It prints {"version", "supplier": {...} or null, "plain": {...}}, each {"ok", "words", "expiry"}. `words` is the
error message of google-auth or of the target.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.exceptions
import botocore.session
import google.auth
import google.auth.aws
import google.auth.exceptions
import google.auth.transport
import google.auth.transport.requests

from wizard.language import _

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
SECRET_VARIABLES = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN")
METADATA_PATIENCE = 5  # seconds


class OnlyKnownHosts(google.auth.transport.Request):
    """A transport that contacts only the hosts that the request names, and lets only JSON through.

    google-auth quotes an answer that it cannot read, which can have tokens in it.
    """

    def __init__(self, hosts: list[str], link_local: bool) -> None:
        self._hosts = set(hosts)
        self._link_local = link_local
        self._request = google.auth.transport.requests.Request()

    def __call__(self, url: str, *arguments: Any, **named: Any) -> Any:
        """Send the HTTP request. Raises TransportError for any other host, and for an answer that is not JSON."""
        host = urlsplit(url).netloc
        is_metadata = host.startswith(("169.254.", "[fd00:ec2:"))
        if host not in self._hosts or (is_metadata and not self._link_local):
            raise google.auth.exceptions.TransportError(_("this test does not call {host}").format(host=host))
        if is_metadata:
            named["timeout"] = METADATA_PATIENCE
        answer = self._request(url, *arguments, **named)
        if "POST" in (*arguments, named.get("method")):  # metadata services answer GET and PUT, with plain text
            parsed(answer, host)
        return answer


class BotocoreSupplier(google.auth.aws.AwsSecurityCredentialsSupplier):
    """Gives google-auth the AWS credentials that botocore finds, from any source that the runtime uses."""

    def __init__(self, secrets: set[str]) -> None:
        self._session = botocore.session.get_session()
        self._secrets = secrets

    def get_aws_security_credentials(self, context: Any, request: Any) -> Any:  # noqa: ARG002
        """Return credentials that have not expired: botocore renews them before they do."""
        found = self._session.get_credentials()
        if found is None:
            raise google.auth.exceptions.RefreshError("Unable to locate credentials")
        keys = found.get_frozen_credentials()
        self._secrets.update(filter(None, (keys.secret_key, keys.token)))
        return google.auth.aws.AwsSecurityCredentials(keys.access_key, keys.secret_key, keys.token)

    def get_aws_region(self, context: Any, request: Any) -> Any:  # noqa: ARG002
        """Return the region of the environment."""
        return os.environ.get("AWS_REGION") or self._session.get_config_variable("region")


def parsed(answer: Any, host: str) -> dict[str, Any]:
    """Return the JSON object in an answer. Raises TransportError, which quotes nothing of the answer."""
    try:
        document = json.loads(answer.data)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise google.auth.exceptions.TransportError(
            _(
                "google-auth could not read the response from {host} (HTTP {status}): a proxy might have truncated or "
                "replaced the response"
            ).format(host=host, status=answer.status)
        )
    return document


def plain(request: OnlyKnownHosts, _: set[str]) -> Any:
    """Return the credentials that `google.auth.default()` creates from the file alone."""
    credentials, _project = google.auth.default(scopes=SCOPES, request=request)
    return credentials


def supplied(_: OnlyKnownHosts, secrets: set[str]) -> Any:
    """Return credentials from the same file, with the AWS keys from botocore."""
    document = json.loads(Path(os.environ["GOOGLE_APPLICATION_CREDENTIALS"]).read_text(encoding="utf-8"))
    del document["credential_source"]
    # Before 2.55, google-auth ignores it as a keyword argument.
    document["aws_security_credentials_supplier"] = BotocoreSupplier(secrets)
    return google.auth.aws.Credentials.from_info(document, scopes=SCOPES)


def attempt(make: Callable[[OnlyKnownHosts, set[str]], Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Create credentials, refresh them and send the call. Return the result as a dict of "ok", "words", "expiry"."""
    request = OnlyKnownHosts(asked["hosts"], asked["link_local"])
    secrets = {os.environ[name] for name in SECRET_VARIABLES if os.environ.get(name)}
    try:
        credentials = make(request, secrets)
        credentials.refresh(request)
        words = use(credentials, request, asked["call"]) if asked["call"] else ""
        return {"ok": not words, "words": words, "expiry": credentials.expiry.strftime("%Y-%m-%dT%H:%M:%SZ")}
    except (google.auth.exceptions.GoogleAuthError, botocore.exceptions.BotoCoreError) as error:
        said = error.args[0] if error.args else error  # google-auth's other arguments are the answer itself
        words = f"{type(error).__module__}.{type(error).__name__}: {said}"
        for secret in secrets:
            words = words.replace(secret, "(hidden)")
        return {"ok": False, "words": words, "expiry": None}
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        kind = type(error).__name__
        words = _(
            "google-auth cannot use the response, because a value in the response has an unexpected type: {kind}"
        ).format(kind=kind)
        return {"ok": False, "words": words, "expiry": None}


def use(credentials: Any, request: OnlyKnownHosts, call: Mapping[str, Any]) -> str:
    """Send one call to the target with the token. Return an empty text, or the target's error."""
    headers = {"Content-Type": "application/json"}
    credentials.apply(headers)  # not before_request(), which also asks for the account's regional boundary
    answer = request(call["url"], method="POST", body=json.dumps(call["body"]).encode(), headers=headers)
    if answer.status == 200:
        return ""
    error = parsed(answer, urlsplit(call["url"]).netloc).get("error")
    words = error.get("message") if isinstance(error, dict) else error
    return f"HTTP {answer.status}: {words}"


def main() -> None:
    """Read the request from stdin, and print the report."""
    asked = json.load(sys.stdin)
    with_supplier = attempt(supplied, asked) if asked["supplier"] else None
    report = {"version": google.auth.__version__, "supplier": with_supplier, "plain": attempt(plain, asked)}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
