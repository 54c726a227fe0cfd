"""What a Kubernetes API answers instead of an object, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lightkube.resources.core_v1 import Namespace

from tests.chain.fakes import FakeCloud, fake_cloud, first
from tests.clouds.test_kubernetes_access import PAYMENTS, FakeGoogle, kubeconfig
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.kubernetes import Kubernetes

FOUND = (200, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})


@pytest.fixture
def api() -> Iterator[FakeCloud]:
    """The API of the cluster, on loopback."""
    with fake_cloud() as served:
        served.answers["/api/v1/namespaces/default"] = FOUND
        yield served


@pytest.fixture
def kubernetes(api: FakeCloud, tmp_path: Path) -> Kubernetes:
    """The operator's session with it."""
    file = kubeconfig(tmp_path / "config", {PAYMENTS.context: api.url})
    return Kubernetes(PAYMENTS, {"KUBECONFIG": str(file)}, FakeGoogle())


def status(code: int, reason: str, message: str) -> tuple[int, dict[str, Any]]:
    """Kubernetes' own form of a refusal."""
    return code, {
        "apiVersion": "v1",
        "kind": "Status",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


def test_an_operator_whom_the_cluster_does_not_know_is_told_how_to_be_known(
    api: FakeCloud, kubernetes: Kubernetes
) -> None:
    api.answers["/api/v1/namespaces/default"] = status(401, "Unauthorized", "Unauthorized")
    with pytest.raises(NoCredentials) as refused:
        kubernetes.get(Namespace, "default")
    assert refused.value.hint.startswith(f"the cluster does not accept the credentials from context {PAYMENTS.context}")
    assert "gcloud container clusters get-credentials payments" in refused.value.hint
    assert len(api.asked) == 1


def test_what_rbac_denies_is_told_with_whom_to_ask(api: FakeCloud, kubernetes: Kubernetes) -> None:
    words = 'namespaces "default" is forbidden: User "me" cannot get resource "namespaces"'
    api.answers["/api/v1/namespaces/default"] = status(403, "Forbidden", words)
    with pytest.raises(CloudError) as refused:
        kubernetes.get(Namespace, "default")
    assert (refused.value.status, refused.value.message) == (403, words)
    assert "RBAC" in refused.value.hint


@pytest.mark.parametrize("code", [429, 503])
def test_a_busy_api_is_asked_again(api: FakeCloud, kubernetes: Kubernetes, code: int) -> None:
    api.answers["/api/v1/namespaces/default"] = first(1, status(code, "Busy", "try again"), FOUND)
    assert kubernetes.get(Namespace, "default").metadata.name == "default"
    assert len(api.asked) == 2


def test_what_is_not_there_is_nothing(api: FakeCloud, kubernetes: Kubernetes) -> None:
    api.answers["/api/v1/namespaces/default"] = status(404, "NotFound", "not found")
    assert kubernetes.get_or_none(Namespace, "default") is None


def test_an_answer_that_is_no_object_is_told_as_one(api: FakeCloud, kubernetes: Kubernetes) -> None:
    api.answers["/api/v1/namespaces/default"] = (200, "<html>")
    with pytest.raises(
        CloudError, match=r"could not read the response .*: the response body is not the expected Kubernetes object"
    ) as refused:
        kubernetes.get(Namespace, "default")
    assert "<html>" not in str(refused.value)
