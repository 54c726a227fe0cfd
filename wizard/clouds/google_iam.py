"""Google service accounts and their policies, through the google-cloud-iam client (gRPC)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from wizard.clouds import google_credentials, network, pacing, retrying, way_out
from wizard.clouds.errors import CloudError, Unreachable, is_transient
from wizard.clouds.google import Google, Json
from wizard.clouds.wording import words
from wizard.language import _
from wizard.outside import files

_HOST = "iam.googleapis.com"
_TIMEOUT = 30.0
_READS = ("get_", "list_")
_UNANSWERED = frozenset({"UNAVAILABLE"})
_AFTER_THE_EFFECT = frozenset({"DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "UNKNOWN"})
"""Codes after which a write may have taken effect: UNAVAILABLE is also that of a connection that was cut."""
_PLUGIN = "Getting metadata from plugin failed"


class GoogleIam:
    """Calls `google.iam.admin.v1.IAM` as the operator. Answers and policies are dicts in the form of the REST API."""

    def __init__(self, environ: Mapping[str, str], google: Google) -> None:
        self._environ = environ
        self._google = google
        self._lock = threading.Lock()

    def announce(self, project: str, email: str) -> None:
        """Say that this account will be read. A session that only reads can then ask for many at once."""

    def get_service_account(self, project: str, email: str) -> Json:
        """Return the account. Raises CloudError, with status 404 if it does not exist."""
        return self._call("get_service_account", {"name": _name(project, email)})

    def list_service_accounts(self, project: str, page_token: str = "", retry_for: float = retrying.RETRY_FOR) -> Json:
        """Return a page of the accounts: `accounts`, and `nextPageToken` if there are more. Raises CloudError."""
        request = {"name": f"projects/{project}", "page_size": 100, "page_token": page_token}
        return self._call("list_service_accounts", request, retry_for)

    def create_service_account(self, project: str, account_id: str, display_name: str) -> Json:
        """Create a service account, and return it. Raises CloudError, with status 409 if the id is taken."""
        account = {"display_name": display_name}
        request = {"name": f"projects/{project}", "account_id": account_id, "service_account": account}
        return self._call("create_service_account", request)

    def enable_service_account(self, project: str, email: str) -> None:
        """Enable a disabled account. Raises CloudError."""
        self._call("enable_service_account", {"name": _name(project, email)})

    def disable_service_account(self, project: str, email: str) -> None:
        """Disable an account. Raises CloudError."""
        self._call("disable_service_account", {"name": _name(project, email)})

    def delete_service_account(self, project: str, email: str) -> None:
        """Delete the account. Raises CloudError."""
        self._call("delete_service_account", {"name": _name(project, email)})

    def get_policy(self, project: str, email: str) -> Json:
        """Return the allow policy of the account, in version 3. Raises CloudError."""
        return self._call(
            "get_iam_policy", {"resource": _name(project, email), "options": {"requested_policy_version": 3}}
        )

    def set_policy(self, project: str, email: str, policy: Json) -> Json:
        """Write the allow policy of the account. Raises CloudError, with status 409 if its etag is out of date."""
        from google.iam.v1 import policy_pb2
        from google.protobuf import json_format

        message = json_format.ParseDict(policy, policy_pb2.Policy())
        return self._call("set_iam_policy", {"resource": _name(project, email), "policy": message})

    @cached_property
    def _client(self) -> Any:
        from google.cloud import iam_admin_v1
        from google.cloud.iam_admin_v1.services.iam.transports import IAMGrpcTransport

        from wizard.clouds import logged_grpc

        channel = logged_grpc.intercept(self._channel(), _HOST)
        return iam_admin_v1.IAMClient(transport=IAMGrpcTransport(channel=channel))

    def _channel(self) -> Any:
        """Return a channel that trusts what the other clients trust: gRPC itself does not read SSL_CERT_FILE."""
        import grpc
        from google.api_core import grpc_helpers

        file = way_out.certificates(self._environ)
        roots = files.read_bytes(Path(file)) if file and Path(file).is_file() else None
        proxy = network.proxy_for(f"https://{_HOST}", self._environ)
        return grpc_helpers.create_channel(
            f"{_HOST}:443",
            credentials=self._google.operator.credentials,
            ssl_credentials=grpc.ssl_channel_credentials(root_certificates=roots),
            default_scopes=google_credentials.SCOPES,
            # gRPC itself reads the environment of the process, and there in lower case only.
            options=[("grpc.http_proxy", proxy)] if proxy else [("grpc.enable_http_proxy", 0)],
        )

    def _metadata(self) -> list[tuple[str, str]]:
        charged = self._google.quota_project
        return [("x-goog-user-project", charged)] if charged else []

    def _call(self, method: str, request: Json, retry_for: float = retrying.RETRY_FOR) -> Json:
        return retrying.retried(lambda: self._once(method, request), retry_for)

    def _once(self, method: str, request: Json) -> Json:
        from google.api_core import exceptions
        from google.auth import exceptions as auth

        self._google.token()  # refreshed here, since gRPC would quote the answer to a refresh
        with self._lock:
            call: Callable[..., Any] = getattr(self._client, method)
        quota = pacing.of_google("iam", "", writes=not method.startswith(_READS))
        try:
            with self._google.pacer.call(quota, self._google.quota_project):
                answer = call(request=request, metadata=self._metadata(), timeout=_TIMEOUT, retry=None)
        except exceptions.GoogleAPICallError as error:
            raise self._refusal(method, error) from None
        except auth.GoogleAuthError as error:
            raise google_credentials.expired(self._google.operator, words(error)) from None
        return _as_json(answer)

    def _refusal(self, method: str, error: Any) -> CloudError:
        """Return the error of a call, which says what is in the way if there was no answer."""
        refusal = _refusal(method, error, self._google.operator)
        found = way_out.obstacle(error.message, _HOST, self._environ) if refusal.reason in _UNANSWERED else None
        if found is None:
            return refusal
        lost = refusal.lost and not found.lasts
        place = (refusal.service, refusal.operation, None, way_out.NO_ANSWER)
        return Unreachable(*place, found.message, found.hint, not found.lasts, lost=lost)


def _name(project: str, email: str) -> str:
    """Return the resource name, with the project: `projects/-` gives 403 for a missing account (IAM v1 discovery)."""
    return f"projects/{project}/serviceAccounts/{email}"


def _as_json(answer: Any) -> Json:
    from google.protobuf import json_format

    if answer is None:
        return {}
    answer = next(iter(answer.pages)) if hasattr(answer, "pages") else answer  # for a list, the page that was read
    message = type(answer).pb(answer) if hasattr(type(answer), "pb") else answer
    return dict(json_format.MessageToDict(message))


def _refusal(operation: str, error: Any, operator: google_credentials.OperatorCredentials) -> CloudError:
    status = int(error.code) if error.code else None
    if status == 401:
        return google_credentials.refused(operator, error.message)
    if _PLUGIN in error.message:  # what follows are the words of google-auth, which can quote an answer
        return google_credentials.expired(operator, _("the wizard could not refresh the access token"))
    reason = error.grpc_status_code.name if error.grpc_status_code else str(status)
    lost = not operation.startswith(_READS) and reason in _AFTER_THE_EFFECT
    details: tuple[Json, ...] = ()
    if error.reason:
        details = ({"reason": error.reason, "domain": error.domain, "metadata": dict(error.metadata or {})},)
    return CloudError(
        "iam.googleapis.com", operation, status, reason, error.message, "", is_transient(status), details, lost
    )
