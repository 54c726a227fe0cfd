"""Container and Resource Manager over gRPC, asked by Google's own clients, and what the sandbox has no service for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api_core import exceptions

from tests.sandbox.google.gke import POOL, PROJECT, WORLD
from wizard.sandbox.process import Sandbox

CLUSTERS = f"projects/{PROJECT}/locations/asia-northeast1"
PAYMENTS = f"{CLUSTERS}/clusters/payments"

Channel = Callable[[str], grpc.Channel]


@pytest.fixture(scope="module")
def gke_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    path = tmp_path_factory.mktemp("scenario") / "world.yaml"
    path.write_text(WORLD)
    with Sandbox(str(path)) as running:
        yield running


@pytest.fixture
def channel(gke_sandbox: Sandbox) -> Iterator[Channel]:
    """Opens channels to hosts of Google, which lead to the sandbox."""
    roots = Path(gke_sandbox.variables["SSL_CERT_FILE"]).read_bytes()
    proxy = [("grpc.http_proxy", gke_sandbox.variables["HTTPS_PROXY"])]
    opened = []

    def open_channel(host: str) -> grpc.Channel:
        opened.append(grpc.secure_channel(f"{host}:443", grpc.ssl_channel_credentials(roots), proxy))
        return opened[-1]

    yield open_channel
    for each in opened:
        each.close()


@pytest.fixture
def operator(gke_sandbox: Sandbox) -> dict[str, Any]:
    token = Path(gke_sandbox.variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()
    metadata = [("authorization", f"Bearer {token}"), ("x-goog-user-project", PROJECT)]
    return {"metadata": metadata, "timeout": 20.0, "retry": None}


def container_client(channel: Channel, package: str) -> Any:
    """The client of a version of the Container API; skips where its library is not installed."""
    library = pytest.importorskip(f"google.cloud.{package}")
    grpc_transport = library.ClusterManagerClient.get_transport_class("grpc")
    return library.ClusterManagerClient(transport=grpc_transport(channel=channel("container.googleapis.com")))


@pytest.mark.parametrize("package", ["container_v1", "container_v1beta1"])
def test_clusters_are_read_in_both_versions(channel: Channel, operator: dict[str, Any], package: str) -> None:
    client = container_client(channel, package)

    listed = client.list_clusters(request={"parent": f"projects/{PROJECT}/locations/-"}, **operator)
    assert {cluster.name for cluster in listed.clusters} >= {"payments", "zonal"}
    cluster = client.get_cluster(request={"name": PAYMENTS}, **operator)
    assert cluster.status.name == "RUNNING"
    assert [pool.config.machine_type for pool in cluster.node_pools] == ["e2-standard-4", "e2-medium"]
    zonal = {"project_id": PROJECT, "zone": "us-central1-a", "cluster_id": "zonal"}
    assert client.get_cluster(request=zonal, **operator).location == "us-central1-a"


def test_a_cluster_is_made_changed_and_deleted(channel: Channel, operator: dict[str, Any]) -> None:
    client = container_client(channel, "container_v1")
    name = f"{CLUSTERS}/clusters/over-grpc"
    body = {"parent": CLUSTERS, "cluster": {"name": "over-grpc", "initial_node_count": 1}}

    started = client.create_cluster(request=body, **operator)
    assert started.operation_type.name == "CREATE_CLUSTER"
    operation = client.get_operation(request={"name": f"{CLUSTERS}/operations/{started.name}"}, **operator)
    assert operation.status.name == "DONE"
    with pytest.raises(exceptions.AlreadyExists, match="Already exists: projects/"):
        client.create_cluster(request=body, **operator)
    update = {"desired_workload_identity_config": {"workload_pool": POOL}}
    client.update_cluster(request={"name": name, "update": update}, **operator)
    cluster = client.get_cluster(request={"name": name}, **operator)
    assert cluster.workload_identity_config.workload_pool == POOL
    client.delete_cluster(request={"name": name}, **operator)
    with pytest.raises(exceptions.NotFound, match="Not found: projects/"):
        client.get_cluster(request={"name": name}, **operator)


def test_projects_are_read_and_their_policies_written(channel: Channel, operator: dict[str, Any]) -> None:
    library = pytest.importorskip("google.cloud.resourcemanager_v3")
    transport = library.ProjectsClient.get_transport_class("grpc")
    client = library.ProjectsClient(transport=transport(channel=channel("cloudresourcemanager.googleapis.com")))
    name = f"projects/{PROJECT}"

    assert client.get_project(name=name, **operator).project_id == PROJECT
    assert [each.project_id for each in client.search_projects(**operator)] == [PROJECT]
    policy = client.get_iam_policy(request={"resource": name, "options": {"requested_policy_version": 3}}, **operator)
    policy.bindings.add(role="roles/spanner.viewer", members=["user:operator@acme.example"])
    client.set_iam_policy(request={"resource": name, "policy": policy}, **operator)
    asked = {"resource": name, "permissions": ["spanner.databases.get"]}
    assert list(client.test_iam_permissions(request=asked, **operator).permissions) == ["spanner.databases.get"]


def test_folders_and_organizations_are_refused_as_over_rest(channel: Channel, operator: dict[str, Any]) -> None:
    library = pytest.importorskip("google.cloud.resourcemanager_v3")
    for kind in ("Folder", "Organization"):
        client_class = getattr(library, f"{kind}sClient")
        transport = client_class.get_transport_class("grpc")(channel=channel("cloudresourcemanager.googleapis.com"))
        get = getattr(client_class(transport=transport), f"get_{kind.lower()}")
        with pytest.raises(exceptions.PermissionDenied, match="The caller does not have permission"):
            get(name=f"{kind.lower()}s/123", **operator)


def test_a_request_that_names_nothing_is_invalid(channel: Channel, operator: dict[str, Any]) -> None:
    client = container_client(channel, "container_v1")
    with pytest.raises(exceptions.InvalidArgument):
        client.get_cluster(request={}, **operator)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("pubsub.googleapis.com", "google.pubsub.v1.Publisher/Publish"),
        ("iam.googleapis.com", "google.iam.admin.v1.IAM/SetEverything"),
    ],
)
def test_a_service_or_method_that_is_not_there_is_named(channel: Channel, host: str, path: str) -> None:
    one = channel(host).unary_unary(f"/{path}")
    with pytest.raises(grpc.RpcError) as lacking:
        one(b"", timeout=20.0)
    assert lacking.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert lacking.value.details() == f"the sandbox has no {path}; nothing left this machine"


def test_a_streaming_method_that_is_not_there_is_named_too(channel: Channel) -> None:
    path = "google.pubsub.v1.Subscriber/StreamingPull"
    open_channel = channel("pubsub.googleapis.com")
    both = open_channel.stream_stream(f"/{path}")(iter([b"", b""]), timeout=20.0)
    answers = open_channel.unary_stream(f"/{path}")(b"", timeout=20.0)
    for call in (both, answers):
        with pytest.raises(grpc.RpcError) as lacking:
            next(call)
        assert lacking.value.code() is grpc.StatusCode.UNIMPLEMENTED
        assert lacking.value.details() == f"the sandbox has no {path}; nothing left this machine"
