"""Kubeconfigs that the real kubectl takes: the wizard takes the same way into the cluster with them."""

import base64
import json
import os
import select
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from lightkube.resources.core_v1 import Namespace

from tests.oracles.programs import Program, need
from wizard.clouds import kubernetes_plugin
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google
from wizard.clouds.kubernetes import Kubernetes
from wizard.federation.gke import ClusterName
from wizard.sandbox.process import Sandbox

PAYMENTS = ClusterName("acme-payments", "asia-northeast1", "payments")
V1 = "client.authentication.k8s.io/v1"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("gke-spanner", ["--endpoints"]) as running:
        yield running


class Way:
    """The parts of the sandbox's own kubeconfig, to be put together anew; and both programs on what is made of them."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        document = yaml.safe_load(Path(sandbox.variables["KUBECONFIG"]).read_text(encoding="utf-8"))
        self.sandbox, self.folder = sandbox, folder
        self.cluster: Json = document["clusters"][0]["cluster"]
        self.token: str = document["users"][0]["user"]["token"]
        self.environ = {**sandbox.environ(), "HOME": str(folder), "KUBECACHEDIR": str(folder / "cache")}

    def write(self, name: str = "config", **parts: Any) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", **parts}), encoding="utf-8")
        return path

    def whole(self, user: Json | None = None, **cluster: Any) -> Path:
        """Write a file with everything."""
        found = {key: value for key, value in (self.cluster | cluster).items() if value is not None}
        return self.write(clusters=self.clusters(found), contexts=self.contexts(), users=self.users(user))

    def clusters(self, cluster: Json | None = None) -> list[Json]:
        return [{"name": "c", "cluster": cluster or self.cluster}]

    def contexts(self) -> list[Json]:
        return [{"name": PAYMENTS.context, "context": {"cluster": "c", "user": "u"}}]

    def users(self, user: Json | None = None) -> list[Json]:
        return [{"name": "u", "user": {"token": self.token} if user is None else user}]

    def plugin(self, script: str) -> Path:
        """Write an executable."""
        path = self.folder / "plugin"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def credential(self) -> str:
        """What a plugin prints."""
        return json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": {"token": self.token}})

    def both(self, *files: Path) -> None:
        """kubectl lists the namespaces, and so does the wizard."""
        self.environ["KUBECONFIG"] = os.pathsep.join(map(str, files))
        listed = Program("kubectl", self.environ).ok("--context", PAYMENTS.context, "get", "namespaces", "-o", "name")
        found = self.wizard().list_objects(Namespace)
        assert {f"namespace/{each.metadata.name}" for each in found} == set(listed.split())

    def wizard(self) -> Kubernetes:
        """The wizard's session."""
        return Kubernetes(PAYMENTS, self.environ, Google(self.environ, "acme-payments"))


@pytest.fixture
def way(sandbox: Sandbox, tmp_path: Path) -> Way:
    need("kubectl")
    return Way(sandbox, tmp_path)


def test_a_context_and_its_user_in_two_files_beside_one_without_clusters(way: Way) -> None:
    empty = way.write("empty", clusters=None, contexts=None, users=None)
    first = way.write("first", clusters=way.clusters(), contexts=way.contexts())
    second = way.write("second", users=way.users(), clusters=way.clusters({"server": "https://127.0.0.1:1"}))
    way.both(empty, way.folder / "none", first, second)


def test_certificates_in_files_beside_the_kubeconfig(way: Way) -> None:
    (way.folder / "ca.pem").write_bytes(base64.b64decode(way.cluster["certificate-authority-data"]))
    (way.folder / "token").write_text(way.token + "\n", encoding="utf-8")
    own = {"certificate-authority-data": None, "certificate-authority": "ca.pem"}
    way.both(way.whole({"tokenFile": str(way.folder / "token")}, **own))


def test_a_server_by_another_name_and_one_that_is_not_verified(way: Way) -> None:
    way.both(way.whole(None, **{"certificate-authority-data": None, "insecure-skip-tls-verify": True}))
    way.both(way.whole(None, **{"tls-server-name": "localhost"}))


def test_a_plugin_is_told_of_the_cluster_as_kubectl_tells_it(way: Way) -> None:
    told = way.folder / "told"
    way.plugin(f"printf '%s\\n' \"$KUBERNETES_EXEC_INFO $OWN\" >> {told}\necho '{way.credential()}'")
    extension = [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}]
    spec = {
        "apiVersion": V1,
        "command": "./plugin",
        "args": None,
        "env": [{"name": "OWN", "value": "own"}],
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": True,
    }
    way.both(way.whole({"exec": spec}, extensions=extension))
    lines = told.read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line.removesuffix(" own")) for line in lines if line.startswith("{")]
    assert "own" in lines[-1]
    assert len(documents) >= 2
    assert documents[0] == documents[-1]


def test_a_plugin_that_never_returns_is_ended(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_plugin, "LIMIT", 0.3)
    way.plugin("sleep 1000 & sleep 1000")
    spec = {"apiVersion": V1, "command": "./plugin", "interactiveMode": "Never"}
    way.environ["KUBECONFIG"] = str(way.whole({"exec": spec}))
    with pytest.raises(CloudError, match=r"the plugin \./plugin did not end within"):
        way.wizard().list_objects(Namespace)


def test_a_plugin_that_is_missing_leads_through_the_container_api_and_that_is_said(way: Way) -> None:
    spec = {"apiVersion": V1, "command": "gke-gcloud-auth-plugin", "interactiveMode": "IfAvailable"}
    file = way.whole({"exec": spec})
    way.environ |= {"KUBECONFIG": str(file), "PATH": str(way.folder)}
    kubernetes = way.wizard()
    assert kubernetes.list_objects(Namespace)
    assert kubernetes.access.source == (
        "the endpoint of payments in the GKE API, used because the plugin gke-gcloud-auth-plugin of context "
        f"{PAYMENTS.context} of {file} is not installed"
    )


def test_a_proxy_of_the_kubeconfig_is_used(way: Way, tunnel: Callable[[], tuple[str, list[str]]]) -> None:
    url, asked = tunnel()
    way.both(way.whole(None, **{"proxy-url": url}))
    assert len(asked) >= 2
    assert set(asked) == {way.cluster["server"].removeprefix("https://")}


@pytest.fixture
def tunnel() -> Iterator[Callable[[], tuple[str, list[str]]]]:
    """Start an HTTP proxy for TLS: its URL, and the hosts that it was asked to connect to."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append(self.path)
            host, _, port = self.path.partition(":")
            with socket.create_connection((host, int(port))) as upstream:
                self.send_response(200)
                self.end_headers()
                ends = {self.connection: upstream, upstream: self.connection}
                while True:
                    ready, _, _ = select.select(list(ends), [], [], 30)
                    for end in ready:
                        data = end.recv(65536)
                        if not data:
                            return
                        ends[end].sendall(data)
                    if not ready:
                        return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield lambda: (f"http://127.0.0.1:{server.server_port}", asked)
    server.shutdown()
    server.server_close()
