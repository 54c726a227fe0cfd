"""A sandbox served from a thread of this process: the wizard calls its API, and the test builds and looks at its model.

Starting it once and replacing its contents for each example is what makes many random worlds affordable.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from wizard.sandbox.aws import AwsCloud
from wizard.sandbox.aws import seed as aws_seed
from wizard.sandbox.model.world import Settings, World
from wizard.sandbox.scenario import Scenario
from wizard.sandbox.seeding import seed
from wizard.sandbox.server import Options, Served, serving

Json = dict[str, Any]


@dataclass(frozen=True)
class Cloud:
    """The sandbox, and the environment that leads to it."""

    served: Served

    @property
    def world(self) -> World:
        """The state of Google Cloud."""
        return self.served.world

    @property
    def aws(self) -> AwsCloud:
        """The state of AWS."""
        assert self.served.aws is not None
        return self.served.aws

    def fill(self, google: Mapping[str, Any], aws: Mapping[str, Any]) -> None:
        """Replace the projects that `google` names, and all roles and instance profiles. Both are as in a scenario."""
        seed(self.world, google)
        self.aws._backend.submit(lambda: self._fill_aws(aws)).result()

    def _fill_aws(self, aws: Mapping[str, Any]) -> None:
        from moto.iam.models import iam_backends

        iam = iam_backends[self.aws.account]["aws"]
        iam.instance_profiles.clear()
        iam.roles.clear()
        aws_seed.fill(self.aws._backend, aws)


async def close_connections() -> None:
    """Close the connections that clients have not closed: a process would end with them, but this one goes on."""
    loop: Any = asyncio.get_running_loop()
    for transport in list(loop._transports.values()):
        transport.abort()
    await asyncio.sleep(0)


@contextmanager
def served(scenario: Scenario) -> Iterator[Cloud]:
    """Serve a scenario, in which nothing takes time."""
    started, found = threading.Event(), []

    async def serve() -> None:
        stop = asyncio.Event()
        async with serving(scenario, Options(settings=Settings(steady=True))) as cloud:
            found.append((cloud, asyncio.get_running_loop(), stop))
            started.set()
            await stop.wait()
        await close_connections()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(30), "the sandbox did not start"
        yield Cloud(found[0][0])
    finally:
        for _, loop, stop in found:
            loop.call_soon_threadsafe(stop.set)
        thread.join()
