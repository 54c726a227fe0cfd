"""A cluster that is created while the sandbox runs has a Kubernetes API, and one that is deleted has none any more."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.google.gke import PROJECT, WORLD
from wizard.sandbox.process import Sandbox

CLUSTERS = f"projects/{PROJECT}/locations/us-west1/clusters"
PATIENCE = 10.0
"""Seconds that the end of a cluster may take."""
ENDPOINTS = "--endpoints"
KINDS = ("a proxy", ENDPOINTS)


class Operator:
    """Calls the Container API and clusters of a sandbox, as its operator."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self._sandbox, self._session = sandbox, session
        self.token = Path(sandbox.variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()
        self.headers = {"authorization": f"Bearer {self.token}", "x-goog-user-project": PROJECT}

    def container(self, method: str, path: str, body: Any = None) -> Any:
        """Call the Container API, which must answer: the document."""
        variables = self._sandbox.variables
        base = variables.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER", "https://container.googleapis.com/")
        answer = self._session.request(
            method,
            f"{base}v1/{path}",
            json=body,
            headers=self.headers,
            verify=variables.get("SSL_CERT_FILE"),
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def namespaces(self, cluster: Any, roots: Path) -> requests.Response:
        """Ask a cluster for its namespaces, trusting those roots."""
        target = f"https://{cluster['endpoint']}/api/v1/namespaces"
        return self._session.get(target, headers=self.headers, verify=str(roots), timeout=10)

    def sees_it_end(self, cluster: Any, roots: Path) -> bool:
        """Ask a cluster until nobody is there any more: whether that comes to pass in time."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self.namespaces(cluster, roots)
            except requests.ConnectionError:
                return True
        return False


@pytest.fixture(params=KINDS)
def operator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Operator]:
    path = tmp_path / "world.yaml"
    path.write_text(WORLD)
    with (
        Sandbox(str(path), [ENDPOINTS] if request.param == ENDPOINTS else []) as sandbox,
        requests.Session() as session,
    ):
        session.trust_env = False
        session.proxies = {"https": sandbox.variables.get("HTTPS_PROXY", "")}
        yield Operator(sandbox, session)


def test_its_api_comes_and_goes_with_a_cluster(operator: Operator, tmp_path: Path) -> None:
    body = {"cluster": {"name": "to-come", "initialNodeCount": 1}}
    operator.container("POST", CLUSTERS, body)
    cluster = operator.container("GET", f"{CLUSTERS}/to-come")
    roots = tmp_path / "cluster.pem"
    roots.write_bytes(base64.b64decode(cluster["masterAuth"]["clusterCaCertificate"]))

    found = operator.namespaces(cluster, roots).json()["items"]
    assert {each["metadata"]["name"] for each in found} == {"default", "kube-system"}
    assert {each["metadata"]["creationTimestamp"][:13] for each in found} == {cluster["createTime"][:13]}

    operator.container("DELETE", f"{CLUSTERS}/to-come")
    assert operator.sees_it_end(cluster, roots)


def test_a_cluster_of_the_scenario_can_be_deleted_too(operator: Operator, tmp_path: Path) -> None:
    zonal = f"projects/{PROJECT}/locations/us-central1-a/clusters/zonal"
    cluster = operator.container("GET", zonal)
    roots = tmp_path / "cluster.pem"
    roots.write_bytes(base64.b64decode(cluster["masterAuth"]["clusterCaCertificate"]))
    assert operator.namespaces(cluster, roots).ok

    operator.container("DELETE", zonal)
    assert operator.sees_it_end(cluster, roots)
    other = operator.container("GET", f"projects/{PROJECT}/locations/asia-northeast1/clusters/payments")
    roots.write_bytes(base64.b64decode(other["masterAuth"]["clusterCaCertificate"]))
    assert operator.namespaces(other, roots).ok
