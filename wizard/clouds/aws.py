"""A session with AWS, with the operator's credentials."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wizard.clouds import aws_answers, aws_credentials, calls, pacing, way_out
from wizard.clouds.pacing import Pacer
from wizard.secret import Secret


@dataclass(frozen=True)
class Timeouts:
    """The timeouts of a call: seconds to connect, seconds to read, and the number of attempts."""

    connect: float
    read: float
    attempts: int


NORMAL = Timeouts(5, 15, 4)
"""A service that does not answer is given up after about a minute, pauses between the attempts included."""
SHORT = Timeouts(4, 15, 2)
LONG = Timeouts(5, 120, 1)
"""For a call that waits until something has run. It is not repeated: that would run it twice."""


class Aws:
    """Creates boto3 clients when they are first used, and raises CloudError for refusals. botocore does the retries."""

    _caller: dict[str, Any] | None = None

    def __init__(self, environ: Mapping[str, str], region: str | None = None, pacer: Pacer | None = None) -> None:
        self._environ = environ
        self._region = region
        self._pacer = pacer or Pacer()
        self._session: Any = None
        self._clients: dict[tuple[str, Timeouts], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, timeouts: Timeouts = NORMAL) -> Any:
        """Return the boto3 client of a service, such as `iam`. Raises CloudError if no region is set."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        with self._lock:  # a boto3 session is not thread-safe while it creates clients
            try:
                if self._session is None:
                    session = boto3.Session(region_name=self._region)
                    self._trust_certificates(session._session)
                    self._session = session
                    self._session.events.register("request-created", _remember)
                    self._session.events.register("before-parse", aws_answers.check)
                    self._session.events.register("response-received", _log)
                if (service, timeouts) not in self._clients:
                    config = Config(
                        connect_timeout=timeouts.connect,
                        read_timeout=timeouts.read,
                        retries=self._retries(timeouts),
                        max_pool_connections=32,
                    )
                    self._clients[service, timeouts] = self._session.client(service, config=config)
            except BotoCoreError as error:
                raise aws_credentials.no_answer(service, "client", error, self._environ) from error
            return self._clients[service, timeouts]

    def _trust_certificates(self, settings: Any) -> None:
        """Let botocore trust what the other clients trust: botocore itself does not read SSL_CERT_FILE.

        Raises Unreachable if the environment names certificates that cannot be read.
        """
        named = way_out.certificates(self._environ, ("AWS_CA_BUNDLE",))
        if named and not self._environ.get("AWS_CA_BUNDLE") and not settings.get_config_variable("ca_bundle"):
            settings.set_config_variable("ca_bundle", named)

    def _retries(self, timeouts: Timeouts) -> dict[str, Any]:
        """Return the retries: those that the environment or the profile sets, else botocore's standard mode."""
        settings = self._session._session
        mode = settings.get_config_variable("retry_mode")
        attempts = settings.get_config_variable("max_attempts")
        return {
            "mode": "standard" if mode == "legacy" else mode,  # legacy is the default of botocore
            "total_max_attempts": int(attempts) if attempts else timeouts.attempts,
        }

    def call(self, service: str, operation: str, /, **arguments: Any) -> dict[str, Any]:
        """Call an operation by its Python name, such as `get_role`. Returns boto3's dict. Raises CloudError."""
        return self._call(NORMAL, service, operation, arguments)

    def quick_call(self, service: str, operation: str, /, **arguments: Any) -> dict[str, Any]:
        """Call with short timeouts, for a read that the user waits for but does not need. Raises CloudError."""
        return self._call(SHORT, service, operation, arguments)

    def long_call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call an operation that answers when what it started has ended, within two minutes. Raises CloudError."""
        return self._call(LONG, service, operation, arguments)

    def _call(self, timeouts: Timeouts, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client(service, timeouts)
        try:
            paced = self._pacer.call(pacing.of_aws(service), self._region or "")
            with paced, calls.awaited(urlsplit(client.meta.endpoint_url).netloc):
                return aws_answers.answer(service, operation, getattr(client, operation)(**arguments))
        except ClientError as error:
            refusal = aws_credentials.refusal(service, operation, error, self._environ)
            raise aws_answers.with_loss(refusal, error.response) from None
        except BotoCoreError as error:
            refusal = aws_credentials.no_answer(service, operation, error, self._environ)
            raise aws_answers.with_loss(refusal, {}) from None
        except aws_answers.inside_botocore() as error:
            raise aws_answers.unread(service, operation, error) from None

    def signed_caller(self, url: str, region: str, headers: Mapping[str, str], seconds: int) -> Secret:
        """Return a URL that asks AWS STS who the operator is, signed with these headers. Raises CloudError.

        Anyone with the URL can use it for `seconds`, with the headers: its host must be AWS STS.
        """
        from botocore.exceptions import BotoCoreError
        from botocore.signers import RequestSigner

        service = self.client("sts").meta.service_model.service_id  # also creates the session
        request = {"method": "GET", "url": url, "body": {}, "headers": dict(headers), "context": {}}
        try:
            credentials = self._session.get_credentials()
            signer = RequestSigner(service, region, "sts", "v4", credentials, self._session.events)
            signed = signer.generate_presigned_url(request, "", expires_in=seconds, region_name=region)
        except BotoCoreError as error:
            raise aws_credentials.no_answer("sts", "get_caller_identity", error, self._environ) from error
        return Secret(str(signed))

    def caller(self, timeouts: Timeouts = NORMAL) -> dict[str, Any]:
        """Return the operator's identity: Account, Arn and UserId. The answer is kept. Raises CloudError."""
        if self._caller is None:
            self._caller = self._call(timeouts, "sts", "get_caller_identity", {})
        return self._caller


def _remember(request: Any, **_: Any) -> None:
    """A hook of botocore: a request is about to be sent."""
    aws_answers.remember(request.url)
    request.context["wif-wizard-call"] = (request.url, time.monotonic())


def _log(event_name: str, context: dict[str, Any], response_dict: dict[str, Any] | None, **_: Any) -> None:
    """A hook of botocore: a request was answered, or failed. `event_name` ends in service and operation."""
    url, started = context["wif-wizard-call"]
    status = response_dict["status_code"] if response_dict else calls.NO_ANSWER
    calls.log("aws", event_name.partition(".")[2], calls.place(url), status, started)
