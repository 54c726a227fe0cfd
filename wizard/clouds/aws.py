"""One session with AWS, as the operator."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.clouds import calls
from wizard.clouds.errors import CloudError, NoCredentials, Unreachable

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_INVALID = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"})
_HINT = "set AWS_PROFILE, sign in with `aws sso login`, or export AWS keys"


@dataclass(frozen=True)
class Patience:
    """How long to wait for an answer: seconds to connect, seconds to read, and how many attempts."""

    connect: float
    read: float
    attempts: int


PATIENT = Patience(10, 60, 5)
BRIEF = Patience(4, 15, 2)


class Aws:
    """boto3 clients made when first needed; every refusal becomes a CloudError. botocore retries by itself."""

    def __init__(self, environ: Mapping[str, str], region: str | None = None) -> None:
        self._environ = environ
        self._region = region
        self._session: Any = None
        self._clients: dict[tuple[str, Patience], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, patience: Patience = PATIENT) -> Any:
        """The boto3 client of a service (`iam`). Raises CloudError when no region is known."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            connect_timeout=patience.connect,
            read_timeout=patience.read,
            retries={"mode": "standard", "total_max_attempts": patience.attempts},
            max_pool_connections=32,
        )
        with self._lock:  # a boto3 session is not safe to share while it makes clients
            try:
                if self._session is None:
                    self._session = boto3.Session(region_name=self._region)
                    self._session.events.register("request-created", _remember)
                    self._session.events.register("response-received", _log)
                if (service, patience) not in self._clients:
                    self._clients[service, patience] = self._session.client(service, config=config)
            except BotoCoreError as error:
                raise _no_answer(service, "client", error) from error
            return self._clients[service, patience]

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call by its Python name (`get_role`); answers boto3's dict. Raises CloudError."""
        return self._call(PATIENT, service, operation, arguments)

    def look(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """The same for a read that somebody waits for and can do without: it gives up after seconds."""
        return self._call(BRIEF, service, operation, arguments)

    def _call(self, patience: Patience, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client(service, patience)
        try:
            return dict(getattr(client, operation)(**arguments))
        except ClientError as error:
            raise refusal(service, operation, error) from error
        except BotoCoreError as error:
            raise _no_answer(service, operation, error) from error

    def caller(self) -> dict[str, Any]:
        """Who the operator is: Account, Arn, UserId."""
        return self.call("sts", "get_caller_identity")


def _remember(request: Any, **_: Any) -> None:
    """A hook of botocore: a request is about to be sent."""
    request.context["wif-wizard-call"] = (request.url, time.monotonic())


def _log(event_name: str, context: dict[str, Any], response_dict: dict[str, Any] | None, **_: Any) -> None:
    """A hook of botocore: a request was answered, or failed. `event_name` ends in service and operation."""
    url, started = context["wif-wizard-call"]
    status = response_dict["status_code"] if response_dict else calls.NO_ANSWER
    calls.log("aws", event_name.partition(".")[2], calls.place(url), status, started)


def refusal(service: str, operation: str, error: Any) -> CloudError:
    """The CloudError that a botocore ClientError stands for."""
    answer = error.response.get("Error", {})
    code, message = str(answer.get("Code", "")), str(answer.get("Message", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if code in _EXPIRED | _INVALID:
        return NoCredentials(service, operation, status, code, message, _HINT)
    return CloudError(service, operation, status, code, message)


def _no_answer(service: str, operation: str, error: Any) -> CloudError:
    from botocore import exceptions

    text = str(error)
    missing = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.ProfileNotFound,
        exceptions.TokenRetrievalError,
        exceptions.UnauthorizedSSOTokenError,
    )
    if isinstance(error, missing):
        return NoCredentials(service, operation, None, type(error).__name__, text, _HINT)
    if isinstance(error, exceptions.NoRegionError):
        return CloudError(service, operation, None, "NoRegion", text, "set AWS_REGION, or aws.region in the setup")
    return Unreachable(service, operation, None, type(error).__name__, text, transient=True)
