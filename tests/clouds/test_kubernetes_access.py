"""The way into a cluster: by the kubeconfig's own context for it, or as the Container API tells; never another's."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from wizard.clouds import clusters, kubernetes_access
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.google import Google
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.kubernetes_access import Login
from wizard.federation.gke import ClusterName
from wizard.secret import Secret

PAYMENTS = ClusterName("acme-payments", "asia-northeast1", "payments")
CA = "LS0t"
BETA = "client.authentication.k8s.io/v1beta1"
PUBLIC = {"endpoint": "203.0.113.7", "masterAuth": {"clusterCaCertificate": CA}, "status": "RUNNING"}
DNS = "gke-75f1.asia-northeast1.gke.goog"


class FakeGoogle(Google):
    """Answers as the Container API would; `found` None is a cluster that the operator may not read."""

    def __init__(self, found: dict[str, Any] | None = None) -> None:
        super().__init__({}, "acme-payments")
        self.found = found

    def call(self, *_arguments: Any, **_more: Any) -> dict[str, Any]:
        if self.found is None:
            raise CloudError("container.googleapis.com", "GET", 403, "PERMISSION_DENIED", "no")
        return self.found

    def token(self) -> Secret:
        return Secret("ya29.token")


def kubeconfig(path: Path, contexts: dict[str, str], current: str = "", user: dict[str, Any] | None = None) -> Path:
    """A file with contexts, each with its server."""
    document = {
        "current-context": current,
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in contexts.items()],
        "users": [{"name": "me", "user": {"token": "secret"} if user is None else user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "me"}} for name in contexts],
    }
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def find(found: dict[str, Any] | None, *files: Path) -> kubernetes_access.ClusterAccess:
    environ = {"KUBECONFIG": os.pathsep.join(map(str, files))}
    return kubernetes_access.find_access(PAYMENTS, environ, FakeGoogle(found))


def test_the_context_that_gcloud_wrote_is_taken_without_asking_google(tmp_path: Path) -> None:
    file = kubeconfig(tmp_path / "config", {PAYMENTS.context: "https://198.51.100.1"})
    access = find(None, file)
    assert (access.server, access.source) == ("https://198.51.100.1", f"context {PAYMENTS.context} of {file}")


def test_the_current_context_is_not_taken_for_the_cluster(tmp_path: Path) -> None:
    file = kubeconfig(tmp_path / "config", {"production": "https://198.51.100.9"}, current="production")
    assert find(PUBLIC, file).server == "https://203.0.113.7"
    with pytest.raises(CloudError) as refusal:
        find(None, file)
    assert "add the context gke_acme-payments_asia-northeast1_payments to your kubeconfig" in refusal.value.hint


def test_a_context_of_another_name_is_known_by_its_server(tmp_path: Path) -> None:
    other = kubeconfig(tmp_path / "other", {"staging": "https://198.51.100.9"})
    mine = kubeconfig(tmp_path / "mine", {"pay": "https://203.0.113.7"})
    assert find(PUBLIC, tmp_path / "none", other, mine).source == f"context pay of {mine}"


def test_without_a_kubeconfig_the_container_api_shows_the_way() -> None:
    access = find(PUBLIC)
    assert access.server == "https://203.0.113.7"
    assert access.connection.authority == b"---"
    assert access.login() == Login((("Authorization", Secret("Bearer ya29.token")),))
    assert "ya29" not in repr(access.login())


def test_a_private_cluster_is_reached_by_its_dns_endpoint_where_that_is_allowed() -> None:
    control = {"ipEndpointsConfig": {"enablePublicEndpoint": False, "privateEndpoint": "10.0.0.2"}}
    for allowed, server in ((True, f"https://{DNS}"), (False, "https://10.0.0.2")):
        config = {"endpoint": DNS, "allowExternalTraffic": allowed}
        private = PUBLIC | {
            "endpoint": "10.0.0.2",
            "controlPlaneEndpointsConfig": control | {"dnsEndpointConfig": config},
        }
        assert clusters.is_private(private)
        assert find(private).server == server


def test_a_cluster_that_is_being_made_has_no_way_in_yet() -> None:
    with pytest.raises(CloudError, match="the status of the cluster is PROVISIONING"):
        find({"status": "PROVISIONING"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("clusters: [", "is not a valid kubeconfig"),
        ("- a list", "is not a valid kubeconfig"),
        ("users: [{name: x, user: text}]", "is not a valid kubeconfig"),
        ("users: [{name: x}, {name: x}]", "users contains the name x twice"),
        (f"contexts: [{{name: {PAYMENTS.context}}}]", "does not name a cluster"),
        (
            f"contexts: [{{name: {PAYMENTS.context}, context: {{cluster: gone, user: me}}}}]",
            "names the cluster gone, which does not exist",
        ),
    ],
)
def test_a_kubeconfig_that_leads_nowhere_is_named(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "config"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NoCredentials, match=says) as refusal:
        find(None, file)
    assert str(file) in refusal.value.message


@pytest.mark.parametrize(
    ("user", "says"),
    [
        (
            {"exec": {"apiVersion": BETA, "command": "no-such-plugin", "installHint": "install\nit"}},
            "the plugin no-such-plugin is not installed\n  install it",
        ),
        ({"exec": {"apiVersion": BETA, "command": "true"}}, "the plugin true did not print an ExecCredential"),
        ({"exec": {"apiVersion": BETA, "command": "false"}}, "the plugin false exited with code 1"),
        ({"exec": {"apiVersion": "v1", "command": "true"}}, "the plugin has the apiVersion v1"),
        (
            {"exec": {"apiVersion": BETA, "command": "true", "interactiveMode": "Always"}},
            "needs the terminal to ask questions",
        ),
        ({"auth-provider": {"name": "gcp"}}, "auth-provider, which the wizard does not support"),
        ({"token": "line\nbreak"}, "the token has a line break"),
        ({"tokenFile": "none"}, "none, which the kubeconfig names: No such file"),
        (
            {"client-certificate-data": "LS0t", "client-key-data": "LS0t"},
            "the wizard cannot use the certificates or the proxy",
        ),
    ],
)
def test_credentials_that_cannot_be_used_are_one_error_that_names_the_context(
    tmp_path: Path, user: dict[str, Any], says: str
) -> None:
    from lightkube.resources.core_v1 import Namespace

    file = kubeconfig(tmp_path / "config", {PAYMENTS.context: "https://127.0.0.1:1"}, user=user)
    environ = {"KUBECONFIG": str(file), "PATH": os.environ["PATH"]}
    with pytest.raises(NoCredentials, match=says) as refusal:
        Kubernetes(PAYMENTS, environ, FakeGoogle()).get(Namespace, "default")
    assert "line\nbreak" not in str(refusal.value)
