"""The real google-auth, led to a pod's metadata server by GCE_METADATA_HOST as GKE leads it by a fixed address."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.programs import Finished, Program
from tests.sandbox.kubernetes.metadata import address_of
from tests.sandbox.kubernetes.world import NODES, POOL, PRINCIPAL, SCORER, Kube, start

APPLICATION = """
import json, threading
import google.auth
import google.auth.transport.requests
credentials, project = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
credentials.refresh(google.auth.transport.requests.Request())
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join(10)
print(json.dumps({"project": project, "email": credentials.service_account_email, "token": credentials.token}))
"""


@pytest.fixture
async def kube(tmp_path: Path) -> AsyncIterator[Kube]:
    async with AsyncExitStack() as stack:
        yield await start(stack, tmp_path)


async def run(kube: Kube, account: str | None, proxy: str = "http://127.0.0.1:9") -> Finished:
    """An application in a pod of that service account (None: on the node's own); what leaves goes by the proxy."""
    async with address_of(kube, account) as address:
        variables = {"GCE_METADATA_HOST": address, "GCE_METADATA_IP": address, "HTTPS_PROXY": proxy}
        kept = {name: os.environ[name] for name in ("PATH", "HOME")}
        program = Program(sys.executable, {**kept, **variables, "NO_PROXY": "127.0.0.1"})
        return await asyncio.to_thread(program.run, "-c", APPLICATION)


async def test_google_auth_is_the_pods_service_account(kube: Kube) -> None:
    found: Any = json.loads((await run(kube, "scorer")).out)
    caller = kube.world.tokens.find(found["token"])
    assert (found["project"], found["email"]) == ("acme-payments", POOL)
    assert caller is not None
    assert caller.member == f"{PRINCIPAL}/subject/ns/anti-fraud/sa/scorer"


async def test_google_auth_is_the_google_service_account_of_the_annotation(kube: Kube) -> None:
    kube.grant("roles/iam.workloadIdentityUser", f"serviceAccount:{POOL}[anti-fraud/modeler]", account=SCORER)
    found: Any = json.loads((await run(kube, "modeler")).out)
    caller = kube.world.tokens.find(found["token"])
    assert found["email"] == SCORER
    assert caller is not None
    assert caller.member == f"serviceAccount:{SCORER}"


async def test_google_auth_tells_what_the_metadata_server_says(kube: Kube) -> None:
    done = await run(kube, "modeler")
    assert done.code == 1
    assert "Unable to generate access token; IAM returned 403 Forbidden" in done.err


async def test_google_auth_is_the_node_where_there_is_no_other_server(kube: Kube) -> None:
    found: Any = json.loads((await run(kube, None)).out)
    caller = kube.world.tokens.find(found["token"])
    assert caller is not None
    assert caller.member == f"serviceAccount:{NODES}"


async def test_google_auth_sends_the_token_to_nobody(kube: Kube) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        done = await run(kube, "scorer", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert done.code == 0, done.err
        with pytest.raises(BlockingIOError):
            proxy.accept()
