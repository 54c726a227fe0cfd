"""The real kubectl as people use it all day, against one cluster of the sandbox."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

WAIT = "--timeout=30s"
GONE = "nothing left this machine"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("gke-spanner") as running:
        yield running


CREATED = {
    "job/once": "job once --image=busybox -- sleep 1",
    "cronjob/nightly": "cronjob nightly --image=busybox --schedule=@daily",
    "deployment/web": "deployment web --image=nginx --replicas=2 --port=80",
    "configmap/settings": "configmap settings --from-literal=a=b",
    "secret/key": "secret generic key --from-literal=a=b",
    "service/web": "service clusterip web --tcp=80:8080",
    "service/away": "service externalname away --external-name=acme.example",
    "quota/some": "quota some --hard=pods=40,count/jobs.batch=9",
    "pdb/web": "poddisruptionbudget web --selector=app=web --min-available=1",
    "priorityclass/high": "priorityclass high --value=10",
    "serviceaccount/robot": "serviceaccount robot",
    "serviceaccount/granter": "serviceaccount granter",
    "role/reader": "role reader --verb=get,list --resource=pods,deployments.apps",
    "role/granter": "role granter --verb=create,get --resource=rolebindings.rbac.authorization.k8s.io",
    "rolebinding/readers": "rolebinding readers --role=reader --serviceaccount=lab:robot --user=ada",
    "rolebinding/granters": "rolebinding granters --role=granter --serviceaccount=lab:granter",
    "clusterrole/node-reader": "clusterrole node-reader --verb=get,list --resource=nodes",
    "clusterrolebinding/node-readers": "clusterrolebinding node-readers --clusterrole=node-reader --group=ops",
}
"""What `kubectl create` makes in the lab; kubectl sends most of it as protobuf."""


@pytest.fixture(scope="module")
def lab(sandbox: Sandbox) -> Program:
    """kubectl in a namespace of its own, with things in it."""
    need("kubectl")
    kubectl = Program("kubectl", sandbox.environ())
    kubectl.ok("create", "namespace", "lab")
    kubectl.ok("config", "set-context", "--current", "--namespace=lab")
    for command in CREATED.values():
        assert kubectl.ok("create", *command.split()).endswith(" created\n")
    return kubectl


def test_kubectl_finds_what_it_created(lab: Program) -> None:
    assert len(lab.ok("get", *CREATED, "-o", "name").splitlines()) == len(CREATED)
    ports = "jsonpath={.spec.ports[0].port}-{.spec.ports[0].targetPort}"
    assert lab.ok("get", "service/web", "-o", ports) == "80-8080"


def test_kubectl_shows_everything_and_why(lab: Program) -> None:
    shown = lab.ok("get", "all")
    for name in ("deployment.apps/web   2/2", "job.batch/once   Complete   1/1", "cronjob.batch/nightly   @daily"):
        assert name in shown
    described = lab.ok("describe", "deployment", "web")
    assert "StrategyType:           RollingUpdate" in described
    assert "Scaled up replica set web-" in described
    pods = lab.ok("describe", "pod", "-l", "app=web")
    for reason in ("Scheduled", "Pulled", "Created", "Started"):
        assert f"Normal  {reason} " in pods
    assert "SuccessfulCreate" in lab.ok("get", "events")
    assert "readers    Role/reader" in lab.ok("get", "rolebindings")


def test_kubectl_scales_and_rolls_out(lab: Program) -> None:
    assert lab.ok("scale", "deployment", "web", "--replicas=3") == "deployment.apps/web scaled\n"
    assert lab.ok("wait", "deployment/web", "--for=jsonpath={.status.readyReplicas}=3", WAIT)
    lab.ok("rollout", "restart", "deployment/web")
    lab.ok("set", "env", "deployment/web", "A=B")
    lab.ok("set", "image", "deployment/web", "nginx=nginx:2")
    assert "successfully rolled out" in lab.ok("rollout", "status", "deployment/web", WAIT)
    history = lab.ok("rollout", "history", "deployment/web").splitlines()
    assert [line.split()[0] for line in history[2:] if line] == ["1", "2", "3", "4"]
    assert lab.ok("rollout", "undo", "deployment/web", "--to-revision=1") == "deployment.apps/web rolled back\n"
    image = "jsonpath={.spec.template.spec.containers[0].image}"
    assert lab.ok("get", "deployment", "web", "-o", image) == "nginx"
    lab.ok("patch", "deployment", "web", "--subresource=scale", "--type=merge", '-p={"spec":{"replicas":2}}')
    assert lab.ok("wait", "--for=condition=Available", "deployment/web", WAIT)


def test_kubectl_patches_in_three_ways(lab: Program) -> None:
    patches = {
        "json": '[{"op": "add", "path": "/metadata/labels/one", "value": "1"}]',
        "merge": '{"metadata": {"labels": {"two": "2"}}}',
        "strategic": '{"metadata": {"labels": {"three": "3"}}}',
    }
    for kind, patch in patches.items():
        lab.ok("patch", "deployment", "web", f"--type={kind}", "-p", patch)
    lab.ok("label", "deployment", "web", "four=4")
    labels = json.loads(lab.ok("get", "deployment", "web", "-o", "json"))["metadata"]["labels"]
    assert labels.items() >= {"one": "1", "two": "2", "three": "3", "four": "4"}.items()


def test_kubectl_drains_a_node(lab: Program) -> None:
    node = lab.ok("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[0].spec.nodeName}")
    drained = lab.ok("drain", node, "--ignore-daemonsets", "--force", WAIT)
    assert "evicted" in drained and f"node/{node} drained" in drained
    assert lab.ok("uncordon", node) == f"node/{node} uncordoned\n"
    assert lab.ok("wait", "--for=condition=Available", "deployment/web", WAIT)


@pytest.mark.parametrize(
    "command",
    [
        "exec POD -- ls",
        "attach POD",
        "port-forward POD 8080:80",
        "cp POD:/etc/hosts hosts",
        "debug POD --image=busybox",
    ],
)
def test_kubectl_is_told_what_the_sandbox_lacks(lab: Program, command: str) -> None:
    pod = lab.ok("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[0].metadata.name}")
    assert GONE in lab.refused(*command.replace("POD", pod).split())
    assert "Metrics API not available" in lab.refused("top", "pods")


def test_kubectl_explains_and_discovers(lab: Program) -> None:
    assert "rollingUpdate\t<RollingUpdateDeployment>" in lab.ok("explain", "deployment.spec.strategy")
    assert "A single application container" in lab.ok("explain", "pod.spec.containers")
    assert "nonResourceURLs\t<[]string>" in lab.ok("explain", "clusterrole.rules")
    assert "rbac.authorization.k8s.io/v1" in lab.ok("api-versions")
    assert "control plane is running" in lab.ok("cluster-info")
    assert lab.ok("get", "--raw", "/readyz") == "ok"


def manifest(container: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A deployment."""
    labels = {"app": "form"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", **container}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "form"},
        "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
    }


def test_kubectl_is_told_what_is_wrong_with_a_manifest(lab: Program, tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"

    def apply(item: Any, *options: str) -> Any:
        file.write_text(yaml.safe_dump(item))
        return lab.run("apply", "-f", str(file), *options)

    misspelled = manifest({"image": "a:1", "imagee": "b"})
    said = 'strict decoding error: unknown field "spec.template.spec.containers[0].imagee"'
    assert said in apply(misspelled).err
    assert said in apply(misspelled, "--server-side").err
    warned = apply(misspelled, "--validate=warn", "--dry-run=server")
    assert warned.code == 0 and 'unknown field "spec.template.spec.containers[0].imagee"' in warned.err
    assert apply(misspelled, "--validate=ignore", "--dry-run=server").err == ""
    assert "spec.template.spec.containers[0].image: Required value" in apply(manifest({})).err
    assert "cannot unmarshal string" in apply(manifest({"image": "a"}, replicas="two")).err


def test_kubectl_applies_a_kustomization(lab: Program, tmp_path: Path) -> None:
    (tmp_path / "form.yaml").write_text(yaml.safe_dump(manifest({"image": "a:1"})))
    (tmp_path / "kustomization.yaml").write_text("namePrefix: my-\nresources: [form.yaml]\n")
    assert lab.ok("apply", "-k", str(tmp_path)) == "deployment.apps/my-form created\n"
    assert lab.run("diff", "-k", str(tmp_path)).code == 0
    assert lab.ok("apply", "-k", str(tmp_path)) == "deployment.apps/my-form unchanged\n"


def test_kubectl_asks_for_others(lab: Program) -> None:
    def may(*arguments: str) -> str:
        return lab.run("auth", "can-i", *arguments).out.split()[0]

    robot = "--as=system:serviceaccount:lab:robot"
    assert may("list", "pods", robot) == "yes"
    assert may("list", "secrets", robot) == "no"
    assert may("list", "pods", "--as=ada") == "yes"
    assert may("list", "nodes", "--as=ada") == "no"
    assert may("list", "nodes", "--as=ada", "--as-group=ops") == "yes"
    assert "pods " in lab.ok("auth", "can-i", "--list", robot)
    assert "[ops system:authenticated]" in lab.ok("auth", "whoami", "--as=ada", "--as-group=ops")
    said = lab.refused("get", "secrets", robot)
    account = "system:serviceaccount:lab:robot"
    assert f'User "{account}" cannot list resource "secrets" in API group "" in the namespace "lab"\n' in said


def test_kubectl_grants_only_what_it_has(lab: Program) -> None:
    granter = "--as=system:serviceaccount:lab:granter"
    said = lab.refused("create", "rolebinding", "more", "--clusterrole=admin", "--user=eve", granter)
    assert "attempting to grant RBAC permissions not currently held" in said


def test_a_token_of_a_service_account_is_a_login(lab: Program) -> None:
    token = lab.ok("create", "token", "robot").strip()
    config = yaml.safe_load(Path(lab.environ["KUBECONFIG"]).read_text())
    config["users"][0]["user"] = {"token": token}
    path = Path(lab.environ["KUBECONFIG"]).parent / "robot.yaml"
    path.write_text(yaml.safe_dump(config))
    robot = lab.with_variables(KUBECONFIG=str(path))
    assert "web-" in robot.ok("get", "pods")
    assert "cannot list resource" in robot.refused("get", "nodes")


def test_kubectl_waits_for_a_namespace_to_end(lab: Program) -> None:
    there = ("-n", "ending-lab")
    lab.ok("create", "namespace", "ending-lab")
    lab.ok("create", "configmap", "held", *there)
    hold = '{"metadata": {"finalizers": ["acme.example/hold"]}}'
    lab.ok("patch", "configmap", "held", "--type=merge", "-p", hold, *there)
    assert "timed out" in lab.refused("delete", "namespace", "ending-lab", "--timeout=1s")
    assert lab.ok("get", "namespace", "ending-lab", "-o", "jsonpath={.status.phase}") == "Terminating"
    assert "because it is being terminated" in lab.refused("create", "configmap", "late", *there)
    lab.ok("patch", "configmap", "held", "--type=merge", '-p={"metadata": {"finalizers": null}}', *there)
    lab.ok("wait", "--for=delete", "namespace/ending-lab", WAIT)
