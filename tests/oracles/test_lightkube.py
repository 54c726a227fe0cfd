"""lightkube against the Kubernetes API of a sandbox's cluster: over TLS as the env file says, and over plain http."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightkube
import pytest
import yaml
from lightkube.core.exceptions import ApiError
from lightkube.models.authentication_v1 import TokenRequestSpec
from lightkube.models.authorization_v1 import ResourceAttributes, SelfSubjectAccessReviewSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.authorization_v1 import SelfSubjectAccessReview
from lightkube.resources.core_v1 import Namespace, Pod, ServiceAccount, ServiceAccountToken
from lightkube.resources.networking_v1 import NetworkPolicy
from lightkube.types import PatchType

from wizard.sandbox.process import Sandbox

GSA = "iam.gke.io/gcp-service-account"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("gke-spanner", ["--endpoints"]) as running:
        yield running


@pytest.fixture(params=["tls", "http"])
def client(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Iterator[Any]:
    """A client from a kubeconfig."""
    path = Path(sandbox.variables["KUBECONFIG"])
    if request.param == "http":
        document = yaml.safe_load(path.read_text())
        document["clusters"][0]["cluster"] = {"server": sandbox.variables["WIF_WIZARD_SANDBOX_KUBERNETES"]}
        path = tmp_path / "config"
        path.write_text(yaml.safe_dump(document))
    config = lightkube.KubeConfig.from_file(path)
    with lightkube.Client(config, field_manager="wif-wizard", trust_env=False) as found:
        yield found


def test_lightkube_leads_a_service_account_through_its_life(client: Any) -> None:
    name, where = "lab", {"namespace": "reporting"}
    made = client.create(ServiceAccount(metadata=ObjectMeta(name=name, namespace="reporting")))
    assert made.metadata.uid
    patch = {"metadata": {"annotations": {GSA: "x@acme-payments.iam.gserviceaccount.com"}}}
    patched = client.patch(ServiceAccount, name, patch, patch_type=PatchType.MERGE, **where)
    assert patched.metadata.annotations == patch["metadata"]["annotations"]
    assert name in [each.metadata.name for each in client.list(ServiceAccount, **where)]
    client.delete(ServiceAccount, name, **where)
    with pytest.raises(ApiError) as refused:
        client.get(ServiceAccount, name, **where)
    assert (refused.value.status.code, refused.value.status.reason) == (404, "NotFound")


def test_lightkube_applies_on_the_servers_side(client: Any) -> None:
    def applied(value: str, **how: Any) -> Any:
        metadata = ObjectMeta(name="applied", namespace="reporting", annotations={"a": value})
        return client.apply(ServiceAccount(metadata=metadata), **how).metadata.annotations

    assert applied("1") == {"a": "1"}
    other = {"metadata": {"annotations": {"a": "theirs"}}}
    client.patch(ServiceAccount, "applied", other, namespace="reporting", field_manager="theirs")
    with pytest.raises(ApiError) as refused:
        applied("2")
    assert (refused.value.status.code, refused.value.status.reason) == (409, "Conflict")
    assert applied("2", force=True) == {"a": "2"}
    client.delete(ServiceAccount, "applied", namespace="reporting")


def test_lightkube_reads_what_runs(client: Any) -> None:
    names = {each.metadata.name for each in client.list(Namespace)}
    assert {"anti-fraud", "checkout", "reporting"} < names
    deployments = {each.metadata.name: each for each in client.list(Deployment, namespace="*")}
    assert deployments["checkout"].spec.template.spec.serviceAccountName == "checkout"
    pods = client.list(Pod, namespace="checkout", labels={"app": "checkout"})
    assert [each.status.phase for each in pods] == ["Running", "Running"]
    assert list(client.list(NetworkPolicy, namespace="*")) == []


def test_lightkube_asks_for_a_token_and_what_it_may(client: Any) -> None:
    spec = TokenRequestSpec(audiences=["acme-payments.svc.id.goog"], expirationSeconds=600)
    answer = client.create(ServiceAccountToken(metadata=ObjectMeta(), spec=spec), "settlement", namespace="reporting")
    assert answer.status.token.count(".") == 2
    attributes = ResourceAttributes(namespace="reporting", verb="create", resource="pods")
    review = SelfSubjectAccessReview(
        metadata=ObjectMeta(), spec=SelfSubjectAccessReviewSpec(resourceAttributes=attributes)
    )
    assert client.create(review).status.allowed is True


def test_lightkube_waits_and_watches(client: Any) -> None:
    ready = client.wait(Deployment, "checkout", for_conditions=["Available"], namespace="checkout")
    assert ready.status.readyReplicas == 2
    listed = client.list(Namespace)
    version = [each.metadata.name for each in listed] and listed.resourceVersion
    client.create(Namespace(metadata=ObjectMeta(name="brief")))
    client.delete(Namespace, "brief")
    for operation, namespace in client.watch(Namespace, resource_version=version):
        assert namespace.metadata.name == "brief"
        if operation == "DELETED":
            break
