"""A network namespace for one program, whose link-local addresses this process serves.

The program that is started inside binds sockets and sends them here. A socket stays in the network that it was made in,
so that this process accepts connections of a network that it is not in, and nothing relays them. The namespace ends
with the program and the sockets. Sources: network_namespaces(7), user_namespaces(7), unix(7).
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from . import child
from .leftovers import kill_all, own_network
from .site import Site

START_SECONDS = 10.0
"""How long the way into a namespace may take on a busy machine; it usually takes a few hundredths of a second."""

_UNSHARE = ("unshare", "--map-root-user", "--net", "--mount", "--")
_INSIDE = str(Path(__file__).with_name("inside.py"))
_NAME_SERVICES = "passwd: files\ngroup: files\nhosts: files\n"
"""The content of /etc/nsswitch.conf: no daemon outside the namespace is asked for a name."""

Address = tuple[str, int]


class NotAllowedError(Exception):
    """This machine does not let this user make a network namespace; the text says why."""


@dataclass(frozen=True)
class Namespace:
    """A namespace whose program waits to be told what to run. `sites` are in the order of the addresses."""

    sites: Sequence[Site]
    waiting: Process
    control: socket.socket

    async def run(self, command: Sequence[str], environment: Mapping[str, str], write: child.Write) -> int:
        """Run a program to its end, once: its exit code, as `child.run` has it."""
        said = json.dumps({"command": list(command), "environment": dict(environment)}).encode()
        with suppress(ConnectionError):  # somebody killed it: its exit code says so
            await asyncio.get_running_loop().sock_sendall(self.control, said)
        self.control.close()
        return await child.finished(self.waiting, write)


@asynccontextmanager
async def entered(addresses: Sequence[Address], names: Mapping[str, str]) -> AsyncIterator[Namespace]:
    """A namespace with these addresses, in which `names` (name to address) can be resolved, and no others.

    Raises NotAllowedError.
    """
    if not Path("/proc/self/ns/net").exists():
        raise NotAllowedError("this system has no network namespaces")
    async with AsyncExitStack() as stack:
        control, other = socket.socketpair()
        stack.enter_context(control)
        # What is mounted is seen inside also when the folder is gone.
        with other, tempfile.TemporaryDirectory(prefix="wif-wizard-") as folder:
            preparation = json.dumps(
                {"addresses": addresses, "files": _written(Path(folder), names), "outside": own_network()}
            )
            launcher = (sys.executable, "-I", "-S", _INSIDE, str(other.fileno()), preparation)
            path = {"PATH": os.environ.get("PATH", os.defpath)}
            starting = child.started([*_UNSHARE, *launcher], path, [other.fileno()])
            try:
                process = await stack.enter_async_context(starting)
            except OSError as error:
                raise NotAllowedError(f"{_UNSHARE[0]}: {error.strerror}") from error
            other.close()
            network, sites = await _received(process, control, len(addresses))
        for site in sites:
            stack.callback(site.close)
        stack.push_async_callback(kill_all, network)
        yield Namespace(sites, process, control)


def _written(folder: Path, names: Mapping[str, str]) -> dict[str, str]:
    """Write the files that the program sees in place of the machine's: its paths of those, by what they replace."""
    hosts = {"localhost": "127.0.0.1", **names}
    (folder / "hosts").write_text("".join(f"{address} {name}\n" for name, address in hosts.items()))
    (folder / "nsswitch.conf").write_text(_NAME_SERVICES)
    return {f"/etc/{path.name}": str(path) for path in sorted(folder.iterdir())}


async def _received(process: Process, control: socket.socket, count: int) -> tuple[int, list[Site]]:
    """The inode number of the network, and the sites, which the program inside sends.

    Raises NotAllowedError with what it printed, if it ends before.
    """
    loop = asyncio.get_running_loop()
    control.setblocking(False)
    readable = asyncio.Event()
    loop.add_reader(control, readable.set)
    try:
        async with asyncio.timeout(START_SECONDS):
            await readable.wait()
        number, descriptors, _, _ = socket.recv_fds(control, 32, 2 * count)
    except TimeoutError as error:
        raise NotAllowedError("the namespace was not there in time") from error
    finally:
        loop.remove_reader(control)
    sockets = [socket.socket(fileno=each) for each in descriptors]
    if not number:
        printed: list[bytes] = []
        await child.finished(process, printed.append)
        lines = b"".join(printed).decode(errors="replace").strip().splitlines()
        raise NotAllowedError(lines[-1] if lines else "unshare failed")
    sites = [Site(listener, spare) for listener, spare in zip(sockets[::2], sockets[1::2], strict=True)]
    return int(number), sites
