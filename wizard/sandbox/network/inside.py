"""The first program in new namespaces: `unshare -rnm -- python inside.py CONTROL PREPARATION`.

It prepares the network as PREPARATION says (JSON: `files`, which it mounts over others; `addresses`, which it binds;
`outside`, the inode number of the network that it must have left). It sends the sockets through the file descriptor
CONTROL, with the inode number of its network, and reads there what to become (JSON: `command` and `environment`). The
sockets stay in this network, whoever has them. It needs the standard library only. Sources: netdevice(7), mount(2),
unix(7), prctl(2), network_namespaces(7).
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path

SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
SIOCSIFADDR, SIOCSIFNETMASK = 0x8916, 0x891C
IFF_UP = 0x1
MS_BIND = 0x1000
PR_SET_PDEATHSIG = 1
NOT_FOUND = 127


def main(control: socket.socket, addresses: list[tuple[str, int]], files: dict[str, str], outside: int) -> None:
    """Prepare, and become the workload's program; ends without doing so if nobody says what to become."""
    network = Path("/proc/self/ns/net").stat().st_ino
    if network == outside:
        sys.exit("this is the network of the machine")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        bring_up(asking)
        for number, (host, _) in enumerate(addresses):
            if not host.startswith("127."):
                add_address(asking, f"lo:{number}", host)
    for target, source in files.items():
        if os.access(target, os.F_OK):
            mount_over(target, source)
    sockets = [made for host, port in addresses for made in (bound(host, port), socket.socket())]
    socket.send_fds(control, [str(network).encode()], [made.fileno() for made in sockets])
    said = b"".join(iter(lambda: control.recv(65536), b""))
    if said:
        become(**json.loads(said))


def bring_up(asking: socket.socket) -> None:
    """Bring the loopback interface up, which gives it 127.0.0.1."""
    answer = fcntl.ioctl(asking, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
    flags = struct.unpack("16sH14x", answer)[1]
    fcntl.ioctl(asking, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def add_address(asking: socket.socket, label: str, host: str) -> None:
    """Give the loopback interface one more address, under a label such as lo:1."""
    for request, address in ((SIOCSIFADDR, host), (SIOCSIFNETMASK, "255.255.255.255")):
        wanted = struct.pack("16sHxx4s8x", label.encode(), socket.AF_INET, socket.inet_aton(address))
        fcntl.ioctl(asking, request, wanted)


def mount_over(target: str, source: str) -> None:
    """Let a file be seen in place of another, in this mount namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), target.encode(), None, ctypes.c_ulong(MS_BIND), None) != 0:
        raise OSError(ctypes.get_errno(), "cannot mount over " + target)


def bound(host: str, port: int) -> socket.socket:
    """A socket that is bound, and does not listen."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    return made


def become(command: list[str], environment: dict[str, str]) -> None:
    """Run the command in place of this program; it is killed if the sandbox is."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and what is ignored stays so
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(NOT_FOUND)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), **json.loads(sys.argv[2]))
