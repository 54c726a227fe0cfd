"""A place for a program: link-local addresses in a network of its own, or loopback ones where the machine has none."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.namespaces import need_namespaces, silence
from wizard.sandbox.network import Network, Place, Proxy, Service, Site
from wizard.sandbox.network.leftovers import kill_all, own_network

ADDRESS, NAME = "169.254.169.254", "metadata.google.internal"
PATIENCE = 20.0

GET = """
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for url in sys.argv[1:]:
    try:
        print(opener.open(url, timeout=1).read().decode())
    except OSError as error:
        print(getattr(error, "reason", error))
"""
SLEEP = """
import os, subprocess, sys, time
children = [subprocess.Popen(["sleep", "600"]) for _ in range(2)]
print(os.getpid(), *[child.pid for child in children], os.environ["HOME"], flush=True)
time.sleep(600)
"""


@asynccontextmanager
async def echo(site: Site) -> AsyncIterator[None]:
    """A service that says by which name it was found."""
    app = web.Application()

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=f"hello, {request.host}")

    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.SockSite(runner, site.listener).start()
        yield
    finally:
        await runner.cleanup()


SERVICE = Service(ADDRESS, echo, (NAME,))


async def ran(place: Place, command: Sequence[str], more: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a command with the variables of the place: exit code and output."""
    output = bytearray()
    code = await place.run(command, {**place.variables, **(more or {})}, output.extend)
    return code, output.decode()


async def python(network: Network, program: str, *arguments: str) -> tuple[int, str]:
    """Run a Python program at a place of that network."""
    async with network.place(SERVICE) as place:
        return await ran(place, [sys.executable, "-I", "-c", program, *arguments])


def alive(pid: str) -> bool:
    """Whether there is such a process, and not only what is left of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(*pids: str) -> None:
    """Wait until there is no such process."""
    async with asyncio.timeout(PATIENCE):
        while any(map(alive, pids)):
            await asyncio.sleep(0.01)


def open_files() -> set[str]:
    """What this process has open: the sockets, and everything else with a name."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        if descriptor.is_symlink():
            found.add(f"{descriptor.name} {descriptor.readlink()}")
    return found


async def test_a_service_is_at_its_link_local_address_and_name() -> None:
    need_namespaces()
    urls = (f"http://{ADDRESS}/", f"http://{NAME}/", "http://169.254.170.2/", "http://example.com/")
    code, printed = await python(Network(), GET, *urls)
    by_address, by_name, elsewhere, outside = printed.splitlines()
    assert (code, by_address, by_name) == (0, f"hello, {ADDRESS}", f"hello, {NAME}")
    assert "unreachable" in elsewhere
    assert "[Errno -" in outside  # the name cannot be resolved


@pytest.mark.parametrize("isolate", [True, False])
async def test_the_exit_code_of_the_program_is_returned(isolate: bool) -> None:
    network = Network(isolate)
    for command, expected in (
        (["sh", "-c", "echo out; echo err >&2; exit 3"], (3, "out\nerr\n")),
        (["sh", "-c", "kill -TERM $$"], (-15, "")),
        (["no-such-program"], (127, "no-such-program: No such file or directory\n")),
        (["sh", "-c", "yes | head -1"], (0, "y\n")),  # SIGPIPE ends `yes` quietly
    ):
        async with network.place(SERVICE) as place:
            assert await ran(place, command) == expected


async def test_a_program_sees_no_network_of_the_machine() -> None:
    need_namespaces()
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        _, printed = await python(Network(), GET, f"http://{host}:{port}/")
    assert "refused" in printed


async def test_a_program_reaches_the_proxy_at_the_port_that_its_variables_name() -> None:
    need_namespaces()

    @asynccontextmanager
    async def serve(listener: socket.socket) -> AsyncIterator[None]:
        with listener.dup() as own, socket.socket() as spare:
            async with echo(Site(own, spare)):
                yield

    port = 40_404
    variables = {"HTTP_PROXY": f"http://127.0.0.1:{port}", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    program = GET.replace("urllib.request.ProxyHandler({})", "")
    async with Network(proxy=Proxy(port, serve, variables)).place(SERVICE) as place:
        command = [sys.executable, "-c", program, "http://sts.example/", f"http://{NAME}/", f"http://{ADDRESS}/"]
        assert (await ran(place, command))[1].splitlines() == [
            "hello, sts.example",
            f"hello, {NAME}",
            f"hello, {ADDRESS}",
        ]


async def test_connections_can_time_out() -> None:
    need_namespaces()

    @asynccontextmanager
    async def serve(site: Site) -> AsyncIterator[None]:
        site.drop_packets()
        yield

    async with Network().place(Service(ADDRESS, serve)) as place:
        _, printed = await ran(place, [sys.executable, "-c", GET, f"http://{ADDRESS}/"])
    assert "timed out" in printed


async def test_a_service_that_does_not_listen_refuses_connections() -> None:
    need_namespaces()
    async with Network().place(Service(ADDRESS, silence)) as place:
        _, printed = await ran(place, [sys.executable, "-c", GET, f"http://{ADDRESS}/"])
    assert "refused" in printed


@pytest.mark.parametrize("isolate", [True, False])
async def test_a_place_can_have_several_services(isolate: bool) -> None:
    if isolate:
        need_namespaces()
    other = "169.254.170.2"
    async with Network(isolate).place(SERVICE, Service(other, echo)) as place:
        urls = [f"http://{address}/" for address in place.addresses]
        _, printed = await ran(place, [sys.executable, "-c", GET, *urls])
    assert place.address == place.addresses[0]
    assert printed.splitlines() == [f"hello, {address}" for address in place.addresses]
    assert (list(place.addresses) == [ADDRESS, other]) is isolate


@pytest.mark.parametrize("isolate", [True, False])
async def test_nothing_is_left_of_a_program_that_is_killed(isolate: bool) -> None:
    network, output = Network(isolate), bytearray()
    await python(network, "")  # what the event loop opens for itself is open
    before = open_files()

    async def run() -> None:
        async with network.place(SERVICE) as place:
            await place.run([sys.executable, "-c", SLEEP], place.variables, output.extend)

    running = asyncio.ensure_future(run())
    async with asyncio.timeout(PATIENCE):
        while not output.endswith(b"\n"):
            await asyncio.sleep(0.01)
    *pids, home = output.decode().split()
    assert all(map(alive, pids))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await gone(*pids)
    assert open_files() == before
    assert not Path(home).exists()


async def test_a_program_that_left_its_session_ends_with_the_place() -> None:
    need_namespaces()
    async with Network().place(SERVICE) as place:
        code, pid = await ran(place, ["setsid", "-f", "sh", "-c", "echo $$; exec >/dev/null 2>&1; exec sleep 600"])
        assert (code, alive(pid.strip())) == (0, True)
    assert not alive(pid.strip())


async def test_a_program_does_not_outlive_a_sandbox_that_is_killed(tmp_path: Path) -> None:
    need_namespaces()
    pids = tmp_path / "pids"
    owner = f"""
import asyncio
from tests.sandbox.network.test_place import SERVICE
from wizard.sandbox.network import Network
async def main():
    async with Network().place(SERVICE) as place:
        command = "echo $$ > {pids}.new; mv {pids}.new {pids}; exec sleep 600"
        await place.run(["sh", "-c", command], place.variables, print)
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", owner, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    async with asyncio.timeout(PATIENCE):
        while not pids.exists():
            await asyncio.sleep(0.01)
    process.kill()
    await process.wait()
    await gone(pids.read_text().strip())


async def test_a_program_has_a_home_of_its_own_and_no_other_variable_of_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    async with Network().place(SERVICE) as place:
        assert set(place.variables) <= {"PATH", "LANG", "LC_ALL", "TMPDIR", "HOME"}
        assert list(Path(place.variables["HOME"]).iterdir()) == []


async def test_a_machine_without_namespaces_is_asked_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    unshare = tmp_path / "unshare"
    unshare.write_text(
        f"#!/bin/sh\necho again >> {asked}\necho 'unshare: unshare failed: Operation not permitted'; exit 1\n"
    )
    unshare.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    network = Network()
    for _ in range(2):
        async with network.place(SERVICE) as place:
            assert not place.isolated
            code, printed = await ran(place, [sys.executable, "-c", GET, f"http://{place.address}/"])
            assert (code, printed) == (0, f"hello, {place.address}\n")
    assert network.refusal == "unshare: unshare failed: Operation not permitted"
    assert asked.read_text() == "again\n"


async def test_a_machine_without_unshare_has_no_namespaces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    network = Network()
    async with network.place(SERVICE) as place:
        assert not place.isolated
    assert network.refusal == "unshare: No such file or directory"


async def test_nothing_is_changed_in_the_network_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unshare = tmp_path / "unshare"
    unshare.write_text('#!/bin/sh\nshift 4\nexec "$@"\n')
    unshare.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    network = Network()
    async with network.place(SERVICE) as place:
        assert not place.isolated
    assert network.refusal == "this is the network of the machine"
    with pytest.raises(ValueError, match="whole machine"):
        await kill_all(own_network())


async def test_a_network_that_cannot_be_prepared_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    need_namespaces()
    real, unshare = shutil.which("unshare"), tmp_path / "unshare"
    unshare.write_text(f'#!/bin/sh\nshift 4\nexec {real} --map-current-user --net "$@"\n')  # without a right to it
    unshare.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    network = Network()
    async with network.place(SERVICE) as place:
        assert not place.isolated
    assert network.refusal
