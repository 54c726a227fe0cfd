"""The real kubectl against the Kubernetes API of a sandbox's cluster, over TLS; and gcloud, which leads it there."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracles.programs import Program, need
from wizard.chain import probe
from wizard.sandbox.process import Sandbox

GSA = "iam.gke.io/gcp-service-account"
ISSUER = "https://container.googleapis.com/v1/projects/acme-payments/locations/asia-northeast1/clusters/payments"
POOL = "acme-payments.svc.id.goog"
WAIT = "--timeout=30s"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("gke-spanner") as running:
        yield running


@pytest.fixture
def kubectl(sandbox: Sandbox) -> Program:
    """kubectl, as the env file leads it."""
    need("kubectl")
    return Program("kubectl", sandbox.environ())


def got(kubectl: Program, *arguments: str) -> Any:
    """What `kubectl ... -o json` prints."""
    return json.loads(kubectl.ok(*arguments, "-o", "json"))


def written(path: Path, *documents: Any) -> str:
    """A manifest file."""
    path.write_text(yaml.safe_dump_all(documents))
    return str(path)


def account(name: str, namespace: str, **annotations: str) -> dict[str, Any]:
    """A ServiceAccount's manifest."""
    metadata = {"name": name, "namespace": namespace, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def test_kubectl_creates_reads_and_deletes(kubectl: Program) -> None:
    assert kubectl.ok("create", "namespace", "lab") == "namespace/lab created\n"
    assert kubectl.ok("create", "serviceaccount", "y", "-n", "lab") == "serviceaccount/y created\n"
    found = got(kubectl, "get", "serviceaccount", "y", "-n", "lab")
    assert (found["kind"], found["metadata"]["name"], found["metadata"]["namespace"]) == ("ServiceAccount", "y", "lab")
    names = got(kubectl, "get", "sa", "-n", "lab")["items"]
    assert [each["metadata"]["name"] for each in names] == ["default", "y"]
    again = kubectl.refused("create", "sa", "y", "-n", "lab")
    assert again == 'error: failed to create serviceaccount: serviceaccounts "y" already exists\n'
    assert kubectl.ok("delete", "sa", "y", "-n", "lab", WAIT) == 'serviceaccount "y" deleted\n'
    assert 'Error from server (NotFound): serviceaccounts "y" not found' in kubectl.refused(
        "get", "sa", "y", "-n", "lab"
    )
    assert kubectl.ok("delete", "namespace", "lab", WAIT) == 'namespace "lab" deleted\n'
    assert 'namespaces "lab" not found' in kubectl.refused("get", "namespace", "lab")


def test_kubectl_prints_tables(kubectl: Program) -> None:
    lines = kubectl.ok("get", "deployments", "--all-namespaces").splitlines()
    assert lines[0].split() == ["NAMESPACE", "NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert [line.split()[:3] for line in lines[1:]] == [
        ["anti-fraud", "scorer", "3/3"],
        ["checkout", "checkout", "2/2"],
        ["reporting", "settlement", "1/1"],
    ]
    pods = kubectl.ok("get", "pods", "-n", "checkout", "-o", "wide").splitlines()
    assert pods[0].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE"]
    assert pods[1].split()[1:3] == ["1/1", "Running"]
    assert "gke-payments-default-pool" in pods[1]
    assert "serviceaccounts " in kubectl.ok("api-resources")
    assert "Server Version: v1.33" in kubectl.ok("version")


def test_kubectl_annotates(kubectl: Program) -> None:
    email = "checkout@acme-payments.iam.gserviceaccount.com"
    where = ("serviceaccount", "checkout", "-n", "checkout")
    kubectl.ok("annotate", *where, f"{GSA}={email}")
    assert got(kubectl, "get", *where)["metadata"]["annotations"] == {GSA: email}
    kubectl.refused("annotate", *where, f"{GSA}=another@acme-payments.iam.gserviceaccount.com")
    kubectl.ok("annotate", *where, f"{GSA}-")
    assert (
        "annotations" not in got(kubectl, "get", *where)["metadata"]
        or not got(kubectl, "get", *where)["metadata"]["annotations"]
    )


def test_kubectl_applies_on_its_own_side(kubectl: Program, tmp_path: Path) -> None:
    file = written(tmp_path / "sa.yaml", account("client-side", "reporting", a="1", b="1"))
    assert kubectl.ok("apply", "-f", file) == "serviceaccount/client-side created\n"
    assert kubectl.ok("apply", "-f", file) == "serviceaccount/client-side unchanged\n"
    written(tmp_path / "sa.yaml", account("client-side", "reporting", a="2"))
    assert kubectl.run("diff", "-f", file).code == 1
    assert kubectl.ok("apply", "-f", file) == "serviceaccount/client-side configured\n"
    annotations = got(kubectl, "get", "sa", "client-side", "-n", "reporting")["metadata"]["annotations"]
    assert {key: value for key, value in annotations.items() if len(key) == 1} == {"a": "2"}
    assert kubectl.run("diff", "-f", file).code == 0


def test_kubectl_applies_on_the_servers_side(kubectl: Program, tmp_path: Path) -> None:
    apply = ("apply", "--server-side", "-f")
    file = written(tmp_path / "sa.yaml", account("server-side", "reporting", a="1"))
    assert kubectl.ok(*apply, file) == "serviceaccount/server-side serverside-applied\n"
    kubectl.ok("annotate", "sa", "server-side", "-n", "reporting", "a=mine", "--overwrite")
    said = kubectl.refused(*apply, file)
    assert 'Apply failed with 1 conflict: conflict with "kubectl-annotate" using v1: .metadata.annotations.a' in said
    kubectl.ok(*apply, file, "--force-conflicts")
    found = got(kubectl, "get", "sa", "server-side", "-n", "reporting", "--show-managed-fields")
    assert found["metadata"]["annotations"] == {"a": "1"}
    assert [each["manager"] for each in found["metadata"]["managedFields"]] == ["kubectl"]


def test_kubectl_moves_what_it_applied_to_the_servers_side(kubectl: Program, tmp_path: Path) -> None:
    file = written(tmp_path / "sa.yaml", account("moved", "reporting", a="1"))
    kubectl.ok("apply", "-f", file)
    kubectl.ok("apply", "--server-side", "-f", file)
    written(tmp_path / "sa.yaml", account("moved", "reporting", a="2"))
    kubectl.ok("apply", "--server-side", "-f", file)
    assert got(kubectl, "get", "sa", "moved", "-n", "reporting")["metadata"]["annotations"]["a"] == "2"


def test_kubectl_gives_a_deployment_another_service_account(kubectl: Program) -> None:
    where = ("deployment", "settlement", "-n", "reporting")
    kubectl.ok("set", "serviceaccount", *where, "default")
    kubectl.ok("rollout", "status", *where, WAIT)
    pods = got(kubectl, "get", "pods", "-n", "reporting", "-l", "app=settlement")["items"]
    assert [each["spec"]["serviceAccountName"] for each in pods] == ["default"]
    kubectl.ok("patch", *where, "--patch", '{"spec": {"replicas": 2}}')
    assert got(kubectl, "get", *where)["status"]["readyReplicas"] == 2


def test_kubectl_lists_applies_and_patches_what_has_pods_made(kubectl: Program, tmp_path: Path) -> None:
    pod: dict[str, Any] = {"containers": [{"name": "main", "image": "ledger:1"}]}
    template = {"metadata": {"labels": {"app": "ledger"}}, "spec": pod}
    job = {"template": {**template, "spec": {**pod, "restartPolicy": "Never"}}}
    selected = {"selector": {"matchLabels": {"app": "ledger"}}, "template": template}
    kinds = {
        "apps/v1 StatefulSet": {**selected, "replicas": 2, "serviceName": "ledger"},
        "apps/v1 DaemonSet": selected,
        "batch/v1 CronJob": {"schedule": "0 2 * * *", "jobTemplate": {"spec": job}},
        "batch/v1 Job": job,
    }
    metadata = {"name": "ledger", "namespace": "lab-of-kinds"}
    items = [
        dict(zip(("apiVersion", "kind"), name.split(), strict=True)) | {"metadata": metadata, "spec": spec}
        for name, spec in kinds.items()
    ]
    kubectl.ok("create", "namespace", "lab-of-kinds")
    file, there = written(tmp_path / "kinds.yaml", *items), ("-n", "lab-of-kinds")
    assert kubectl.ok("apply", "-f", file).count(" created") == 4
    assert kubectl.ok("apply", "-f", file).count(" unchanged") == 4
    assert kubectl.ok("apply", "--server-side", "--force-conflicts", "-f", file).count(" serverside-applied") == 4
    listed = kubectl.ok("get", "sts,ds,cj,job", *there)
    assert "statefulset.apps/ledger   2/2 " in listed and "cronjob.batch/ledger   0 2 * * * " in listed
    for kind in ("statefulset", "daemonset"):
        kubectl.ok("set", "serviceaccount", kind, "ledger", "default", *there)
        assert "ledger" in kubectl.ok("rollout", "status", kind, "ledger", *there, WAIT)
    assert "Selector:           app=ledger" in kubectl.ok("describe", "statefulset", "ledger", *there)
    kubectl.ok("delete", "-f", file, WAIT)
    assert "No resources found" in kubectl.run("get", "sts,ds,cj,job,pods", *there).err
    kubectl.ok("delete", "namespace", "lab-of-kinds", WAIT)


def test_kubectl_refuses_a_field_that_does_not_exist(kubectl: Program, tmp_path: Path) -> None:
    item = account("typo", "reporting")
    item["metadata"]["annotation"] = {"a": "1"}
    said = kubectl.refused("apply", "-f", written(tmp_path / "sa.yaml", item))
    assert 'strict decoding error: unknown field "metadata.annotation"' in said


def test_kubectl_creates_a_token(kubectl: Program) -> None:
    create = ("create", "token", "settlement", "-n", "reporting")
    token = kubectl.ok(*create, f"--audience={POOL}", "--duration=20m").strip()
    claims = got(kubectl, *create, f"--audience={POOL}")
    assert token.count(".") == 2
    assert claims["spec"]["audiences"] == [POOL]
    assert "less than 10 minutes" in kubectl.refused(*create, "--duration=5m")
    assert 'serviceaccounts "ghost" not found' in kubectl.refused("create", "token", "ghost", "-n", "reporting")
    jwks = json.loads(kubectl.ok("get", "--raw", "/openid/v1/jwks"))
    assert jwks["keys"][0]["alg"] == "RS256"
    discovery = json.loads(kubectl.ok("get", "--raw", "/.well-known/openid-configuration"))
    assert discovery["issuer"] == ISSUER


def test_kubectl_asks_what_it_may_and_who_it_is(kubectl: Program) -> None:
    assert kubectl.ok("auth", "can-i", "create", "serviceaccounts/token", "-n", "checkout") == "yes\n"
    assert "serviceaccounts" in kubectl.ok("auth", "can-i", "--list", "-n", "checkout")
    info = json.loads(kubectl.ok("auth", "whoami", "-o", "json"))["status"]["userInfo"]
    assert info == {"username": "operator@acme.example", "groups": ["system:authenticated"]}
    token = kubectl.ok("create", "token", "settlement", "-n", "reporting").strip()
    server = config(kubectl)["clusters"][0]["cluster"]
    other = ("--kubeconfig=/dev/null", f"--server={server['server']}", f"--token={token}")
    other = (*other, f"--certificate-authority={authority(kubectl)}")
    can = kubectl.run(*other, "auth", "can-i", "get", "pods", "-n", "reporting")
    assert (can.code, can.out) == (1, "no\n")
    assert "system:serviceaccount:reporting:settlement" in kubectl.ok(*other, "auth", "whoami")


def config(kubectl: Program) -> Any:
    """The kubeconfig that the env file names."""
    return yaml.safe_load(Path(kubectl.environ["KUBECONFIG"]).read_text())


def authority(kubectl: Program) -> Path:
    """A file with the cluster's CA."""
    import base64

    data = config(kubectl)["clusters"][0]["cluster"]["certificate-authority-data"]
    path = Path(kubectl.environ["KUBECONFIG"]).parent / "ca.pem"
    path.write_bytes(base64.b64decode(data))
    return path


def test_kubectl_reads_the_log_of_a_pod_that_runs_the_probe(kubectl: Program, tmp_path: Path) -> None:
    request = {"form": "gke", "metadata_patience": 0, "permissions": []}
    command = ["python3", "-I", "-u", "-c", Path(probe.__file__).read_text(), json.dumps(request)]
    container = {"name": "probe", "image": "python:3.12-slim", "command": command}
    spec = {"restartPolicy": "Never", "serviceAccountName": "settlement", "containers": [container]}
    metadata = {"name": "one-off", "namespace": "reporting"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    kubectl.ok("create", "-f", written(tmp_path / "pod.yaml", pod))
    where = ("one-off", "-n", "reporting")
    lines = [
        json.loads(line) for line in kubectl.ok("logs", "--follow", "--pod-running-timeout=30s", *where).splitlines()
    ]
    # The cluster's nodes do not run the GKE metadata server: the pod is the node.
    assert lines[0]["received"]["email"] == "gke-nodes@acme-payments.iam.gserviceaccount.com"
    assert kubectl.ok("wait", "pod", *where, "--for=jsonpath={.status.phase}=Succeeded", WAIT)
    assert "Completed" in kubectl.ok("get", "pod", *where)
    assert "Successfully assigned reporting/one-off" in kubectl.ok("describe", "pod", *where)
    assert kubectl.ok("delete", "pod", *where, WAIT) == 'pod "one-off" deleted\n'
    assert "NotFound" in kubectl.refused("logs", *where)


def test_kubectl_trusts_the_clusters_own_authority_and_no_other(kubectl: Program) -> None:
    server = config(kubectl)["clusters"][0]["cluster"]["server"]
    token = config(kubectl)["users"][0]["user"]["token"]
    said = kubectl.refused("--kubeconfig=/dev/null", f"--server={server}", f"--token={token}", "get", "namespaces")
    assert "certificate signed by unknown authority" in said


def test_kubectl_sends_no_token_over_plain_http_and_is_refused(kubectl: Program) -> None:
    server = kubectl.environ["WIF_WIZARD_SANDBOX_KUBERNETES"]
    token = config(kubectl)["users"][0]["user"]["token"]
    said = kubectl.refused("--kubeconfig=/dev/null", f"--server={server}", f"--token={token}", "get", "namespaces")
    assert "error: You must be logged in to the server" in said


def test_gcloud_leads_kubectl_to_the_cluster(sandbox: Sandbox, tmp_path: Path) -> None:
    need("kubectl")
    need("gcloud")
    need("gke-gcloud-auth-plugin")
    environ = sandbox.environ() | {"KUBECONFIG": str(tmp_path / "config"), "HOME": str(tmp_path)}
    gcloud, kubectl = Program("gcloud", environ), Program("kubectl", environ)
    gcloud.ok("container", "clusters", "get-credentials", "payments", "--location=asia-northeast1")
    assert kubectl.ok("config", "current-context") == "gke_acme-payments_asia-northeast1_payments\n"
    assert "anti-fraud" in kubectl.ok("get", "namespaces")


def test_a_stopped_sandbox_is_out_of_reach() -> None:
    need("kubectl")
    with Sandbox("gke-spanner") as running:
        server = running.environ()["WIF_WIZARD_SANDBOX_KUBERNETES"]
        kubectl = ["kubectl", "--kubeconfig=/dev/null", f"--server={server}", "get", "--raw", "/version"]
    done = subprocess.run(kubectl, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "connection refused" in done.stderr.lower() or "was refused" in done.stderr
