"""AWS accounts served on loopback, and boto3 clients for them."""

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import pytest
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import ClientError

from wizard.sandbox.aws import AccessKey, AwsCloud
from wizard.sandbox.faults import Fault, Faults
from wizard.sandbox.model.world import Settings
from wizard.sandbox.request_log import RequestLog

ACCOUNT = "111122223333"
REGION = "ap-northeast-1"
# The server decides what is valid, not the client.
_ONCE = Config(parameter_validation=False, retries={"max_attempts": 1, "mode": "standard"})
_SESSION = boto3.Session(region_name=REGION)


@dataclass
class Clock:
    """The time in the sandbox: real time, unless it stands still, and what the test adds."""

    added: timedelta = timedelta()
    standing: datetime | None = None

    def __call__(self) -> datetime:
        return (self.standing or datetime.now(UTC)) + self.added

    def stand_still(self) -> None:
        """From now on, only `pass_by` moves the time."""
        self.standing = datetime.now(UTC)

    def pass_by(self, seconds: float) -> None:
        self.added += timedelta(seconds=seconds)


@dataclass
class Account:
    """One served account."""

    cloud: AwsCloud
    settings: Settings
    clock: Clock
    log: Path
    clients: list[Any] = field(default_factory=list)

    def client(self, service: str, key: AccessKey | dict[str, Any] | None = None) -> Any:
        """A boto3 client: of the operator, of a given access key, or of what AssumeRole answered."""
        key = self.cloud.operator if key is None else key
        if isinstance(key, AccessKey):
            pair: dict[str, Any] = {"AccessKeyId": key.access_key_id, "SecretAccessKey": key.secret_access_key}
        else:
            pair = key
        client = _SESSION.client(
            service,
            endpoint_url=self.cloud.endpoint,
            aws_access_key_id=pair["AccessKeyId"],
            aws_secret_access_key=pair["SecretAccessKey"],
            aws_session_token=pair.get("SessionToken") or pair.get("Token"),
            config=_ONCE,
        )
        self.clients.append(client)
        return client

    def calls(self) -> list[dict[str, Any]]:
        """The request log so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


class Accounts:
    """A context in which accounts are served, each on its own port, by one thread."""

    def __init__(self, clock: Clock, folder: Path) -> None:
        self._clock = clock
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._served: list[tuple[Account, web.AppRunner, RequestLog]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __call__(
        self,
        faults: list[Fault] | None = None,
        propagation: float = 0.0,
        latency: float = 0.0,
        command: Sequence[str] = (),
        **seed: Any,
    ) -> Account:
        """Start an account, whose workloads run `command`, if there is one; further keywords are the scenario's."""
        settings = Settings(latency=latency, propagation=propagation)
        path = self._folder / f"requests-{len(self._served)}.jsonl"
        log = RequestLog(path, self._clock)
        document = {"account": ACCOUNT, "region": REGION, "operator": "operator", **seed}
        cloud = AwsCloud(settings, self._clock, Faults(faults or []), log, document, command=command)
        runner = asyncio.run_coroutine_threadsafe(_open(cloud), self._loop).result()
        account = Account(cloud, settings, self._clock, path)
        self._served.append((account, runner, log))
        return account

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for account, runner, log in self._served:
            for client in account.clients:
                client.close()
            asyncio.run_coroutine_threadsafe(account.cloud.close(), self._loop).result()
            asyncio.run_coroutine_threadsafe(runner.cleanup(), self._loop).result()
            log.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _open(cloud: AwsCloud) -> web.AppRunner:
    runner = web.AppRunner(cloud.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    cloud.endpoint = f"http://{host}:{port}"
    return runner


def trust(principal: Any, **condition: Any) -> str:
    """A trust policy document that lets a principal assume the role."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str, int]:
    """(code, message, status) of the refusal that a boto3 call runs into."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]
