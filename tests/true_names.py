"""The clouds' true host names for a server on loopback: a proxy in this process that leads every host to it."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import ClientError, ClientSession, web

from wizard.sandbox.authority import Authority
from wizard.sandbox.client_variables import way_out
from wizard.sandbox.edge.hosts import google_api, is_aws
from wizard.sandbox.edge.tunnel import Tunnel


@contextmanager
def leading_to(url: str, grpc: int = 0, aws: str = "") -> Iterator[dict[str, str]]:
    """Lead iam.googleapis.com to URL/iam, and others to URL; the variables for it.

    Every host of AWS is led to its own URL, by default URL/aws, and gRPC to a port of this machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        ready: list[dict[str, str]] = []
        started, ending = threading.Event(), threading.Event()
        thread = threading.Thread(
            target=lambda: asyncio.run(_serve(url, grpc, aws or f"{url}/aws", Path(folder), ready, started, ending)),
            daemon=True,
        )
        thread.start()
        assert started.wait(10)
        try:
            yield ready[0]
        finally:
            ending.set()
            thread.join()


async def _serve(
    url: str,
    grpc: int,
    aws: str,
    folder: Path,
    ready: list[dict[str, str]],
    started: threading.Event,
    ending: threading.Event,
) -> None:
    async with ClientSession(auto_decompress=False) as session:

        async def respond(request: web.Request) -> web.Response:
            host = request.url.host or ""
            there = aws if is_aws(host) else f"{url}/{google_api(host, request.path)}".rstrip("/")
            headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
            target = f"{there}{request.rel_url.raw_path_qs}"
            try:
                async with session.request(
                    request.method, target, headers=headers, data=await request.read(), allow_redirects=False
                ) as answer:
                    kept = {key: value for key, value in answer.headers.items() if key.lower() in _KEPT}
                    return web.Response(status=answer.status, body=await answer.read(), headers=kept)
            except ClientError:
                assert request.transport is not None
                request.transport.abort()  # as a connection that is cut
                raise

        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", respond)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        assert runner.server is not None
        authority = Authority("tests", datetime.now(UTC), timedelta(days=1))
        tunnel = Tunnel(runner.server, grpc, authority, folder, ())
        bundle = folder / "certificates.pem"
        bundle.write_bytes(authority.pem)
        ready.append(way_out(tunnel.start(0), bundle))
        started.set()
        await asyncio.to_thread(ending.wait)
        await tunnel.close()
        await runner.cleanup()


_KEPT = ("content-type", "retry-after", "location", "www-authenticate")
