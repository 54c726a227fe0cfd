"""Serve the AWS credentials of a container to the programs in it, in the form of EC2's instance metadata (IMDSv2).

Google's auth libraries read AWS credentials from the environment and from IMDSv2, and nowhere else. ECS, Fargate, AWS
Batch and EKS Pod Identity provide them at another endpoint. This file stands between the two: an application that
cannot be changed reads them with a credential configuration that names this server.

It runs alone, on Python 3.8 and its standard library:

    python3 serve_credentials.py -- PROGRAM ARGS...   start PROGRAM, with GOOGLE_APPLICATION_CREDENTIALS set to a copy
                                                      of the credential configuration that names the server's port;
                                                      pass signals to PROGRAM, and exit with its exit code
    python3 serve_credentials.py                      serve until SIGTERM, as a sidecar, on port 16925; with
                                                      --write-config FILE for the other containers to read
    python3 serve_credentials.py --check              exit 0 if the server on that port has credentials, else 1
    python3 serve_credentials.py --print-config       print the credential configuration that names that port

The server listens on 127.0.0.1 only. It demands the IMDSv2 token, and refuses requests that were forwarded or that name
another host. It asks the container's endpoint again before the credentials expire, and logs no secret. It does not
start in ECS's host network mode, nor in a pod with hostNetwork: there, all of the machine shares 127.0.0.1.

Exit: PROGRAM's code (128 and the number of the signal that ended it; 126, 127: it cannot be started), 1 no credentials
or host network, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import calendar
import http.client
import http.server
import json
import os
import re
import secrets
import signal
import socketserver
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

PORT = 16925
"""The port of a sidecar: nobody else registered it, and no system gives it to outgoing connections."""

CONFIG = "GOOGLE_APPLICATION_CREDENTIALS"
CONTENT = "GOOGLE_CREDENTIAL_CONFIG"
"""A variable with the content of the credential configuration, for images that do not contain the file."""
RELATIVE, FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
POD_IP, HOST_IP = "SERVE_CREDENTIALS_POD_IP", "SERVE_CREDENTIALS_HOST_IP"
ECS_HOST = "http://169.254.170.2"
KNOWN_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost", "127.0.0.1", "::1")
TOKEN_PATH, ROLES_PATH = "/latest/api/token", "/latest/meta-data/iam/security-credentials"
ZONE_PATH, REGION_PATH = "/latest/meta-data/placement/availability-zone", "/latest/meta-data/placement/region"
DOCUMENT_PATH, HEALTH_PATH = "/latest/dynamic/instance-identity/document", "/health"
TTL_HEADER, TOKEN_HEADER = "x-aws-ec2-metadata-token-ttl-seconds", "x-aws-ec2-metadata-token"
FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
LONGEST_TTL = 21600  # seconds, as in IMDSv2
EARLY = 900.0  # seconds before the expiry from which new credentials are asked for
AGAIN = 5.0  # seconds between two attempts to renew credentials that still work
TIMEOUT = 3.0  # seconds for one call to a metadata service
ATTEMPTS, PAUSE = 3, 0.3
USAGE, REFUSED, NOT_RUNNABLE, NOT_FOUND = 64, 1, 126, 127
PASSED_ON = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT", "SIGALRM")


class Failure(Exception):  # noqa: N818 - what it is
    """Why credentials cannot be served, as one sentence without secrets; `code` is the exit code."""

    def __init__(self, message: str, code: int = REFUSED) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """Print one line on stderr, whatever becomes of it."""
    try:
        sys.stderr.write(f"serve-credentials: {text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


# --- The container's own endpoints -----------------------------------------------------------------------------------


def get(url: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object at a URL, past any proxy. Raises Failure, which never quotes the path or the answer."""
    parts = urllib.parse.urlsplit(url)
    secure = parts.scheme == "https"
    make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE)
        connection = make(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            connection.request("GET", parts.path + ("?" + parts.query if parts.query else ""), headers=dict(headers))
            answer = connection.getresponse()
            status, text = answer.status, answer.read(1_000_000)
        except ValueError:  # its text would show the header: a token with a line break in it
            raise Failure("the authorization token of the container contains a line break") from None
        except (OSError, http.client.HTTPException) as error:
            problem = f"{parts.hostname} does not answer ({type(error).__name__})"
            continue
        finally:
            connection.close()
        if status == 200:
            return parsed(text, parts.hostname)
        problem = f"{parts.hostname} answered with status {status}"
        if status < 500 and status != 429:
            break
    raise Failure(problem)


def parsed(text: bytes, host: str | None) -> dict[str, Any]:
    """Return the JSON object in an answer. Raises Failure."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Failure(f"the answer of {host} is not a JSON object")
    return document


def endpoint(environ: Mapping[str, str]) -> str:
    """Return the URL of the container's credentials, as the AWS SDKs find it. Raises Failure."""
    if environ.get(RELATIVE) is not None:
        return ECS_HOST + environ[RELATIVE]
    url = environ.get(FULL)
    if url is None:
        raise Failure(
            f"neither {RELATIVE} nor {FULL} is set. On ECS and AWS Batch, give the task a task role. On EC2 and "
            "Lambda, Google's auth libraries find the AWS credentials without this server."
        )
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in KNOWN_HOSTS:
        raise Failure(f"{FULL} names {parts.hostname}, which is not a host of container credentials")
    return url


def authorization(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the header for the endpoint; a token file is read each time, since its content changes."""
    token, path = (
        environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
        environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    )
    if path:
        try:
            with open(path, encoding="ascii") as file:  # noqa: PTH123 - nothing else here needs pathlib
                token = file.read()
        except (OSError, UnicodeDecodeError):
            raise Failure(f"cannot read the token file {path}") from None
    return {"Authorization": token} if token else {}


def refuse_host_network(environ: Mapping[str, str]) -> None:
    """Raise Failure in the network of the host, or if the network mode of an ECS task cannot be read.

    Kubernetes tells the addresses of a pod and of its node, if the pod asks for them; only with hostNetwork are they
    the same.
    """
    if environ.get(POD_IP) and environ.get(POD_IP) == environ.get(HOST_IP):
        raise Failure(
            "the pod sets hostNetwork, so every pod on the node could read the pod's credentials here. "
            "Remove hostNetwork from the pod"
        )
    url = metadata_url(environ)
    if url is None:
        return
    try:
        networks = get(url, {}).get("Networks") or []
    except Failure as failure:
        raise Failure(f"cannot determine the network mode of the task: {failure}") from None
    if any(isinstance(network, dict) and network.get("NetworkMode") == "host" for network in networks):
        raise Failure(
            "the task is in the network mode host, so every task on the instance could read the task's credentials "
            "here. Use the network mode awsvpc, or give the auth library an AwsSecurityCredentialsSupplier."
        )


def metadata_url(environ: Mapping[str, str]) -> str | None:
    """Return the URL of the task metadata of ECS; None elsewhere."""
    return environ.get("ECS_CONTAINER_METADATA_URI_V4") or environ.get("ECS_CONTAINER_METADATA_URI")


def region_of(environ: Mapping[str, str]) -> str | None:
    """Return the region: from the environment, else from the ARN of the ECS task; None if neither tells."""
    named = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    url = metadata_url(environ)
    if named or url is None:
        return named or None
    try:
        labels = get(url, {}).get("Labels") or {}
    except Failure:
        return None
    arn = str(labels.get("com.amazonaws.ecs.task-arn", "")).split(":")
    return arn[3] if len(arn) > 5 else None


class Credentials:
    """The container's credentials, asked for again before they expire. Safe in any thread."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ, self.url = environ, endpoint(environ)
        self.lock = threading.Lock()
        self.document: dict[str, Any] = {}
        self.expires = self.renew_at = 0.0

    def current(self) -> dict[str, Any]:
        """Return the document of the endpoint. Raises Failure if there are no credentials that still work."""
        with self.lock:
            if time.time() >= self.renew_at:
                self.renew()
            return self.document

    def renew(self) -> None:
        """Ask the endpoint. If it fails, credentials that still work stay; else raises Failure."""
        now = time.time()
        try:
            document = get(self.url, {"Accept": "application/json", **authorization(self.environ)})
            if not all(isinstance(document.get(key), str) for key in ("AccessKeyId", "SecretAccessKey", "Token")):
                raise Failure("the credentials endpoint returned no credentials")
        except Failure as failure:
            if now >= self.expires:
                raise
            say(f"could not renew the credentials, which work until {self.document.get('Expiration')}: {failure}")
            self.renew_at = now + AGAIN
            return
        self.document, self.expires = document, seconds_of(document.get("Expiration"), now)
        self.renew_at = self.expires - min(EARLY, (self.expires - now) / 2)
        say(f"got credentials that expire at {document.get('Expiration')}")

    def role(self) -> str:
        """Return the name of the role; EKS does not tell it, and any name serves."""
        arn = str(self.current().get("RoleArn") or "")
        return arn.rpartition("/")[2] or "container-role"


def seconds_of(expiration: object, now: float) -> float:
    """Return an expiry as seconds since 1970; in a minute if it cannot be read."""
    found = re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", str(expiration))
    if found is None:
        return now + 60
    return float(calendar.timegm(time.strptime(found.group(1), "%Y-%m-%dT%H:%M:%S")))


# --- The server ------------------------------------------------------------------------------------------------------


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Serves one container's credentials on 127.0.0.1.

    The session token is one for all, and good until the process ends: it only keeps out requests that somebody else
    made the application send, and old versions of Node's library keep a token for longer than it was promised.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, credentials: Credentials, region: str | None) -> None:
        self.credentials, self.region, self.token = credentials, region, secrets.token_urlsafe(32)
        http.server.HTTPServer.__init__(self, ("127.0.0.1", port), Handler)

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the machine's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, *_: Any) -> None:
        """Print nothing: a caller that went away is no news, and a traceback could show a secret."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "serve-credentials", ""
    timeout = 10

    def log_message(self, *_: Any) -> None:
        """Log no requests."""

    def do_PUT(self) -> None:
        """Give out the session token."""
        if not self.is_own():
            return
        self.rfile.read(min(int(self.headers.get("content-length") or 0), 65536))
        ttl = self.headers.get(TTL_HEADER, "")
        if self.name() != TOKEN_PATH:
            self.reply(404, "not found")
        elif not re.fullmatch(r"[0-9]{1,5}", ttl) or not 1 <= int(ttl) <= LONGEST_TTL:
            self.reply(400, f"the header {TTL_HEADER} must be a number from 1 to {LONGEST_TTL}")
        else:
            self.reply(200, self.server.token, {TTL_HEADER: ttl})

    def do_GET(self) -> None:
        """Answer with metadata, if the request has the session token."""
        if not self.is_own():
            return
        given = self.headers.get(TOKEN_HEADER, "")
        if self.name() != HEALTH_PATH and not secrets.compare_digest(given.encode(), self.server.token.encode()):
            self.reply(401, f"the header {TOKEN_HEADER} is missing or wrong: get a token with PUT {TOKEN_PATH} first")
            return
        try:
            text = self.text()
        except Failure as failure:
            self.reply(503, str(failure))
            return
        self.reply(200 if text is not None else 404, text if text is not None else "not found")

    def name(self) -> str:
        """Return the path, without a slash at its end."""
        return re.sub("/+", "/", self.path.partition("?")[0]).rstrip("/")

    def is_own(self) -> bool:
        """Return whether a program of this container sent the request itself, to this address; else refuse it."""
        port = self.server.server_port
        hosts = self.headers.get_all("host") or []
        if any(name in self.headers for name in FORWARDED):
            self.reply(403, "a proxy forwarded the request; if the application uses a proxy, add 127.0.0.1 to NO_PROXY")
        elif len(hosts) != 1 or hosts[0] not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            self.reply(403, f"the header Host must be 127.0.0.1:{port}")
        elif not self.path.startswith("/"):
            self.reply(400, "the request line contains a full URL, as for a proxy")
        else:
            return True
        return False

    def text(self) -> str | None:
        """Return the text at the path; None if nothing is there. Raises Failure."""
        credentials, region, path = self.server.credentials, self.server.region, self.name()
        if path == HEALTH_PATH:
            credentials.current()
            return "ok"
        if path == ROLES_PATH:
            return credentials.role()
        if path == f"{ROLES_PATH}/{credentials.role()}":
            document = credentials.current()
            keys = {key: document.get(key) for key in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")}
            return json.dumps({"Code": "Success", "Type": "AWS-HMAC", **keys})
        if region is None:
            return None
        documents = {
            REGION_PATH: region,
            ZONE_PATH: region + "a",  # the auth libraries remove one letter to get the region
            DOCUMENT_PATH: json.dumps({"region": region, "availabilityZone": region + "a"}),
        }
        return documents.get(path)

    def reply(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Send an answer, and close the connection."""
        body = text.encode()
        self.close_connection = True
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Type": "text/plain", "Connection": "close"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# --- The credential configuration ------------------------------------------------------------------------------------


def pointed(config: Mapping[str, Any], port: int) -> dict[str, Any]:
    """Return a credential configuration for AWS that takes the credentials from a server on the port."""
    base = f"http://127.0.0.1:{port}"
    urls = {"region_url": base + ZONE_PATH, "url": base + ROLES_PATH, "imdsv2_session_token_url": base + TOKEN_PATH}
    return {**config, "credential_source": {**config["credential_source"], **urls}}


def read_config(path: str | None, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the credential configuration: in the file, else in what the environment names. Raises Failure."""
    named = path or environ.get(CONFIG)
    where = named or CONTENT
    try:
        if path is None and environ.get(CONTENT):
            where, text = CONTENT, environ[CONTENT]
        elif named:
            with open(named, encoding="utf-8") as file:  # noqa: PTH123
                text = file.read(1_000_000)
        else:
            raise Failure(f"there is no credential configuration: set {CONFIG}, or add --config FILE", USAGE)
        config = json.loads(text)
    except OSError as error:
        raise Failure(f"cannot read {where}: {error.strerror}", USAGE) from None
    except (ValueError, RecursionError):
        raise Failure(f"{where} is not JSON", USAGE) from None
    source = config.get("credential_source") if isinstance(config, dict) else None
    if (
        not isinstance(source, dict)
        or config.get("type") != "external_account"
        or source.get("environment_id") != "aws1"
    ):
        raise Failure(f"{where} is not a credential configuration for AWS", USAGE)
    return dict(config)


def write_config(path: str, config: Mapping[str, Any], port: int) -> None:
    """Write the configuration that names a port, complete at once, and readable for every user. Raises Failure."""
    try:
        with open(path + ".new", "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(pointed(config, port), file, indent=2)
        os.chmod(path + ".new", 0o644)  # noqa: PTH101
        os.replace(path + ".new", path)  # noqa: PTH105
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None


def environment(environ: Mapping[str, str], config: Mapping[str, Any], port: int, folder: str) -> dict[str, str]:
    """Return the variables of the program; its configuration is written to `folder`, readable for every user."""
    path = os.path.join(folder, "credential-configuration.json")  # noqa: PTH118
    os.chmod(folder, 0o755)  # noqa: PTH101
    write_config(path, config, port)
    variables = {**environ, CONFIG: path}
    if any(name.lower() in ("http_proxy", "all_proxy") for name in environ):
        for name in ("NO_PROXY", "no_proxy"):
            variables[name] = ",".join(filter(None, (environ.get(name), "127.0.0.1")))
    return variables


# --- Processes -------------------------------------------------------------------------------------------------------


def start(port: int, environ: Mapping[str, str]) -> Server:
    """Start a server in a thread. Raises Failure if there can be no credentials, or the port is taken."""
    credentials = Credentials(environ)
    refuse_host_network(environ)
    if environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY"):
        say(
            "AWS_ACCESS_KEY_ID is set: Google's auth libraries use these access keys instead of this server. Unset "
            "AWS_ACCESS_KEY_ID."
        )
    try:
        server = Server(port, credentials, region_of(environ))
    except OSError as error:
        raise Failure(f"cannot listen on port {port}: {error.strerror}") from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"listening on 127.0.0.1:{server.server_port}")
    return server


def take_signals() -> tuple[set[int], set[int]]:
    """Let signals wait until `next_signal` asks for them: those that are passed on and SIGCHLD; and the mask before."""
    taken = {int(getattr(signal, name)) for name in (*PASSED_ON, "SIGCHLD") if hasattr(signal, name)}
    for number in taken:
        signal.signal(
            number, lambda *_: None
        )  # the first process of a container gets no signal that it does not handle
    before = signal.pthread_sigmask(signal.SIG_BLOCK, taken)
    return taken, {int(number) for number in before}


def next_signal(taken: set[int]) -> tuple[int, bool]:
    """Wait for a signal: its number, and whether the terminal sent it, which sends it to the program too."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(taken)
        return info.si_signo, info.si_code > 0
    number = signal.sigwait(taken)
    return number, number == signal.SIGINT and sys.stdin is not None and sys.stdin.isatty()


def ended(child: int) -> int | None:
    """Collect all children that have ended, orphans too; the exit code of `child` if it is one of them."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def run(program: Sequence[str], port: int, config: Mapping[str, Any], environ: Mapping[str, str]) -> int:
    """Run a program beside a server, and return its exit code. Raises Failure."""
    taken, before = take_signals()
    server = start(port, environ)
    try:
        folder = tempfile.TemporaryDirectory(prefix="serve-credentials-")
    except OSError as error:
        raise Failure(f"cannot write a temporary file ({error.strerror}): set TMPDIR to a writable folder") from None
    with folder as path:
        variables = environment(environ, config, server.server_port, path)
        default = [*taken, signal.SIGPIPE, signal.SIGXFSZ]  # the last two are ignored by Python itself
        try:
            child = os.posix_spawnp(program[0], list(program), variables, setsigmask=before, setsigdef=default)
        except OSError as error:
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE
            raise Failure(f"{program[0]}: {error.strerror}", code) from None
        while True:
            number, from_terminal = next_signal(taken)
            if number != signal.SIGCHLD:
                if not from_terminal:
                    os.kill(child, number)
                continue
            exit_code = ended(child)
            if exit_code is not None:
                return exit_code


def serve(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve until SIGTERM or SIGINT. Raises Failure."""
    taken, _ = take_signals()
    config = read_config(options.config, environ) if options.write_config else {}
    server = start(PORT if options.port is None else options.port, environ)
    if options.write_config:
        write_config(options.write_config, config, server.server_port)
    try:
        server.credentials.current()
    except Failure as failure:
        say(str(failure))
        say("serve-credentials tries again when a program requests credentials")
    while next_signal(taken)[0] not in (signal.SIGTERM, signal.SIGINT):
        ended(0)
    return 0


def check(port: int) -> int:
    """Return 0 if the server on the port has credentials, else 1."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ATTEMPTS * (TIMEOUT + PAUSE))
    try:
        connection.request("GET", HEALTH_PATH)
        answer = connection.getresponse()
        text = answer.read(1000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        say(f"no server answers on 127.0.0.1:{port}")
        return REFUSED
    finally:
        connection.close()
    if answer.status != 200:
        say(text)
    return 0 if answer.status == 200 else REFUSED


def add_options(parser: argparse.ArgumentParser) -> Any:
    """Add the options to a parser. Returns the group of those that name another action than to serve."""
    parser.add_argument(
        "--port", type=int, help=f"port on 127.0.0.1 (default: {PORT}; a free port if you name a program)"
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help=f"the credential configuration to copy (default: the content of {CONTENT}, else the file that {CONFIG} "
        "names)",
    )
    parser.add_argument(
        "--write-config",
        metavar="FILE",
        help=(
            "run as a sidecar: write the credential configuration, which contains the port, to this file; the "
            "containers must share the file"
        ),
    )
    actions = parser.add_mutually_exclusive_group()
    actions.add_argument(
        "--check", action="store_true", help="exit with code 0 if the server on the port has credentials"
    )
    actions.add_argument(
        "--print-config", action="store_true", help="print the credential configuration with the server's port"
    )
    return actions


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="serve-credentials", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    parser.error = wrong_usage  # type: ignore[method-assign]
    add_options(parser)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, program = parser.parse_args(arguments[:end]), arguments[end + 1 :]
    try:
        if options.check:
            return check(options.port or PORT)
        if options.print_config:
            config = pointed(read_config(options.config, os.environ), options.port or PORT)
            sys.stdout.write(json.dumps(config, indent=2) + "\n")
            return 0
        if end == len(arguments):
            return serve(options, os.environ)
        if not program or options.write_config:
            raise Failure("add -- and a program, without --write-config", USAGE)
        return run(program, options.port or 0, read_config(options.config, os.environ), os.environ)
    except Failure as failure:
        say(str(failure))
        return failure.code


def wrong_usage(message: str) -> Any:
    """End the process: 64, as sysexits.h has it."""
    say(message)
    sys.exit(USAGE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
