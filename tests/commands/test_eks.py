"""A pod on EKS: plan, apply, test from here, the printed probe in the pod, and revert of nothing else."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import Answer, World
from tests.in_full import first
from wizard.sandbox.process import Sandbox
from wizard.sandbox.scenario import load

SETUP = load("eks-bigquery").setup
IMPERSONATED = SETUP.replace("via: direct", "via: service-account\n  service_account: order-load")
AUDIENCE = "https://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/providers/eks-shop"
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


@pytest.fixture(scope="module")
def eks_sandbox() -> Iterator[Sandbox]:
    with Sandbox("eks-bigquery", ["--steady"]) as sandbox:
        yield sandbox


@pytest.fixture
def eks(
    tmp_path: Path, eks_sandbox: Sandbox, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]
) -> World:
    lead_here(eks_sandbox)
    return World(tmp_path, eks_sandbox, wif)


def applied(world: World, text: str = SETUP) -> str:
    file = world.setup(text)
    answer = world.wif("apply", file, "--yes")
    assert answer.code == 0, answer.err
    return file


def hops(answer: Answer) -> dict[str, dict[str, Any]]:
    return {hop["hop"]: hop for hop in answer.json["hops"]}


@pytest.mark.parametrize("setup", [SETUP, IMPERSONATED], ids=["direct", "impersonated"])
def test_what_is_applied_works_for_the_pod(eks: World, setup: str) -> None:
    file = applied(eks, setup)
    assert eks.wif("plan", file).code == 0
    answer = eks.wif("test", file, "--json")
    assert answer.code == 0, answer.err + answer.out
    found = hops(answer)
    assert list(found) == [
        "config",
        "subject-token",
        "principal",
        "exchange",
        "impersonation",
        "permission",
        "application",
    ]
    assert found["subject-token"]["received"]["aud"] == [AUDIENCE]
    assert found["application"]["status"] == "ok"
    assert "role" not in json.dumps([each for each in eks.writes() if each["service"] == "iam"])


def token(world: World, **but: str) -> str:
    """A token of the pod, as kubectl requests it."""
    given = {"namespace": "orders", "account": "loader", "audience": AUDIENCE, **but}
    config = world.folder / "kubeconfig"
    environ = {**os.environ, "KUBECONFIG": str(config)}
    subprocess.run(["aws", "eks", "update-kubeconfig", "--name", "shop"], env=environ, check=True, capture_output=True)
    command = ["kubectl", "create", "token", given["account"], "--namespace", given["namespace"]]
    done = subprocess.run(
        [*command, "--audience", given["audience"]], env=environ, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def for_kubectl(world: World) -> dict[str, str]:
    """Return an environment that leads kubectl to the cluster, with one token: not asked for before each command."""
    token(world)  # writes the kubeconfig, and is asked for as EKS has it
    config = world.folder / "kubeconfig"
    environ = {**os.environ, "KUBECONFIG": str(config)}
    document = yaml.safe_load(config.read_text(encoding="utf-8"))
    (user,) = document["users"]
    asks = user["user"].pop("exec")
    command = [asks["command"], *asks["args"]]
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    user["user"]["token"] = json.loads(done.stdout)["status"]["token"]
    config.write_text(yaml.safe_dump(document), encoding="utf-8")
    return environ


def in_the_pod(world: World, file: str, text: str, **variables: str) -> Answer:
    """Run the printed probe as in a pod that mounts this token, and judge what it wrote."""
    mounted = world.folder / "token"
    mounted.write_text(text, encoding="utf-8")
    config = json.loads((world.folder / "credential-configuration.json").read_text(encoding="utf-8"))
    config["credential_source"]["file"] = str(mounted)
    in_image = world.folder / "in-the-pod.json"
    in_image.write_text(json.dumps(config), encoding="utf-8")
    probe = world.folder / "probe.py"
    probe.write_text(world.wif("probe", file).out, encoding="utf-8")
    kept = {
        name: world.sandbox.variables[name]
        for name in ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    }
    environ = {"PATH": os.environ["PATH"], **kept, "GOOGLE_APPLICATION_CREDENTIALS": str(in_image), **variables}
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(probe)], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.stderr
    assert text not in done.stdout
    output = world.folder / "output.txt"
    output.write_text(done.stdout, encoding="utf-8")
    return world.wif("test", file, "--from-output", str(output), "--json")


@needs_kubectl
def test_the_printed_probe_runs_in_the_pod(eks: World) -> None:
    file = applied(eks)
    found = hops(
        in_the_pod(eks, file, token(eks), AWS_WEB_IDENTITY_TOKEN_FILE="/x", AWS_ROLE_ARN="arn:aws:iam::1:role/x")
    )
    assert {name: hop["status"] for name, hop in found.items()} == {
        "config": "ok",
        "subject-token": "ok",
        "network": "ok",
        "principal": "ok",
        "exchange": "ok",
        "impersonation": "skipped",
        "permission": "ok",
        "application": "ok",
    }
    assert "with only the credential configuration: got a token" in found["application"]["evidence"][0]
    assert "which Google's auth libraries do not use" in found["subject-token"]["evidence"][-1]


@needs_kubectl
@pytest.mark.parametrize(
    ("but", "hop", "cause", "fix"),
    [
        ({"audience": "https://kubernetes.default.svc"}, "exchange", "has the audience", f"of the pod: {AUDIENCE}"),
        (
            {"account": "default"},
            "subject-token",
            "the subject of the token is system:serviceaccount:orders:default",
            "loader",
        ),
    ],
    ids=["another audience", "another service account"],
)
def test_what_is_wrong_with_the_pods_token_is_named(
    eks: World, but: dict[str, str], hop: str, cause: str, fix: str
) -> None:
    file = applied(eks)
    answer = in_the_pod(eks, file, token(eks, **but))
    assert answer.code == 1
    failed = hops(answer)[hop]
    assert failed["status"] == "failed"
    assert cause in failed["reason"]
    assert fix in failed["fix"]


def test_a_pod_without_a_token_is_told_what_to_mount(eks: World) -> None:
    file = applied(eks)
    failed = hops(in_the_pod(eks, file, "not a token"))["subject-token"]
    assert failed["status"] == "failed"
    assert "projected volume" in failed["fix"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cluster: shop", "cluster: shpo", "set aws.cluster to one of the clusters in eu-central-1: shop"),
        ("cluster: shop, ", "", "aws.cluster: a required key is missing; add cluster: shop"),
        ("runtime: eks,", "runtime: eks, role: loader,", 'aws.role: the runtime "eks" does not use role'),
        ("runtime: eks,", "runtime: lambda, role: loader,", 'aws.cluster: the runtime "lambda" does not use cluster'),
        (
            "service_account: loader",
            f"service_account: {'a' * 63}.{'b' * 40}",
            "but Google Cloud accepts at most 127 bytes",
        ),
        ("provider: eks-shop", "provider: eks-shop, attribute_condition: 'true'", "remove attribute_condition"),
    ],
)
def test_a_setup_that_cannot_be_is_refused_in_one_sentence(eks: World, old: str, new: str, words: str) -> None:
    answer = eks.wif("plan", eks.setup(SETUP.replace(old, new)))
    assert answer.code in (1, 64)
    assert words in answer.err


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("namespace: orders", "namespace: order", "has no service account loader in the namespace order"),
        ("service_account: loader", "service_account: louder", "has no service account louder in the namespace orders"),
    ],
)
def test_an_account_that_does_not_exist_is_a_failed_step(eks: World, old: str, new: str, cause: str) -> None:
    file = applied(eks, SETUP.replace(old, new))
    answer = eks.wif("test", file, "--json")
    failed = hops(answer)["subject-token"]
    assert answer.code == 1
    assert cause in failed["reason"]


def test_the_role_of_a_service_account_is_told_and_not_used(eks: World) -> None:
    file = applied(
        eks, SETUP.replace("namespace: orders, service_account: loader", "namespace: web, service_account: shop")
    )
    found = hops(eks.wif("test", file, "--json"))["subject-token"]
    assert any("role/shop-assets (IRSA)" in line and "do not use this role" in line for line in found["evidence"])
    assert any("(EKS Pod Identity)" in line for line in found["evidence"])


def test_an_operator_whom_the_cluster_does_not_know_is_told_what_to_ask_for(
    tmp_path: Path, wif: Any, lead_here: Any
) -> None:
    text = Path("assets/scenarios/eks-bigquery.yaml").read_text(encoding="utf-8")
    world_file = tmp_path / "closed.yaml"
    world_file.write_text(text.replace("    nodes: 2\n", "    nodes: 2\n    admins: []\n"), encoding="utf-8")
    with Sandbox(str(world_file), ["--steady"]) as sandbox:
        lead_here(sandbox)
        world = World(tmp_path, sandbox, wif)
        failed = hops(world.wif("test", applied(world), "--json"))["subject-token"]
    assert "has no access entry for your AWS identity" in failed["reason"]
    assert "aws eks create-access-entry" in failed["fix"]


def test_a_setup_can_name_the_issuer_for_who_cannot_read_aws(eks: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00")
    refused = eks.wif("plan", eks.setup(SETUP), "--only", "google")
    assert refused.code == 1
    issuer = "https://oidc.eks.eu-central-1.amazonaws.com/id/5D0A9B8C7E6F4A3B2C1D0E9F8A7B6C5D"
    named = SETUP.replace("cluster: shop,", f'cluster: shop, issuer: "{issuer}",')
    assert eks.wif("plan", eks.setup(named), "--only", "google").code in (0, 2)


@needs_kubectl
def test_the_exported_manifests_are_applied_by_kubectl(eks: World) -> None:
    from wizard.work.opening import open_setup

    opened = open_setup(applied(eks))
    environ = for_kubectl(eks)

    def kubectl(*arguments: str) -> str:
        done = subprocess.run(
            ["kubectl", "--namespace", "orders", *arguments], env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    for file in opened.exports():
        (eks.folder / file.file).write_text(file.text.replace("name: app", "name: order-loader"), encoding="utf-8")
    kubectl("apply", "-f", str(eks.folder / "configmap.yaml"))
    kubectl("patch", "deployment", "order-loader", "--patch-file", str(eks.folder / "pod-fragment.yaml"))
    spec = yaml.safe_load(kubectl("get", "deployment", "order-loader", "-o", "yaml"))["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert container["image"] == "registry.acme.example/order-loader:1.0"
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    (source,) = volumes["google-token"]["projected"]["sources"]
    assert source["serviceAccountToken"] == {"audience": AUDIENCE, "expirationSeconds": 3600, "path": "token"}
    variables = {each["name"]: each["value"] for each in container["env"]}
    stored = yaml.safe_load(kubectl("get", "configmap", "google-credential-configuration", "-o", "yaml"))["data"]
    assert list(stored) == [Path(variables["GOOGLE_APPLICATION_CREDENTIALS"]).name]
    assert json.loads(next(iter(stored.values()))) == json.loads(
        (eks.folder / "credential-configuration.json").read_text(encoding="utf-8")
    )


@needs_kubectl
@pytest.mark.parametrize("setup", first(1, [SETUP, IMPERSONATED]), ids=first(1, ["direct", "impersonated"]))
def test_a_one_off_pod_proves_the_way_and_is_removed(eks: World, setup: str) -> None:
    file = applied(eks, setup)
    answer = eks.wif("test", file, "--from", "task", "--yes", "--json")
    assert answer.code == 0, answer.err
    found = hops(answer)
    assert [name for name, hop in found.items() if hop["status"] == "not_proven"] == ["application"]
    missing = "the image of the one-off pod has no auth library (No module named 'google')"
    assert answer.json["not_proven"] == [f"The application's library: {missing}"]
    assert found["network"]["status"] == "ok"
    environ = for_kubectl(eks)
    command = ["kubectl", "get", "jobs,pods", "--namespace", "orders", "--output", "name"]
    left = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    assert "wif-wizard" not in left


@needs_kubectl
@pytest.mark.parametrize("setup", first(1, [SETUP, IMPERSONATED]), ids=first(1, ["direct", "impersonated"]))
def test_in_the_applications_image_the_pod_proves_its_library_too(eks: World, setup: str) -> None:
    file = applied(eks, setup + "probe: {image: registry.acme.example/loader:1}\n")
    answer = eks.wif("test", file, "--from", "task", "--yes", "--strict", "--json")
    assert answer.code == 0, answer.err + answer.out
    assert (hops(answer)["application"]["status"], answer.json["not_proven"]) == ("ok", [])


def test_the_one_off_pod_is_asked_for(eks: World) -> None:
    answer = eks.wif("test", applied(eks), "--from", "task")
    assert answer.code == 64
    assert "Running workloads do not change" in answer.out + answer.err


@pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed")
def test_the_commands_of_the_plan_do_what_apply_does(
    tmp_path: Path, wif: Callable[..., Answer], lead_here: Callable[[Sandbox], None]
) -> None:
    with Sandbox("eks-bigquery", ["--steady"]) as sandbox:
        lead_here(sandbox)
        world = World(tmp_path, sandbox, wif)
        file = world.setup(SETUP)
        plan = world.wif("plan", file, "--json").json
        commands = [command for change in plan["changes"] for command in change["commands"]]
        assert any("create-oidc eks-shop" in command for command in commands)
        for command in commands:
            done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (command, done.stderr)
        assert wif("plan", file).code == 0
        assert wif("test", file).code == 0


APPLICATION = """
import json, time
import google.auth, google.auth.transport.requests
credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
session = google.auth.transport.requests.AuthorizedSession(credentials)
answer = session.get("https://bigquery.googleapis.com/bigquery/v2/projects/acme-analytics/datasets/orders")
print(json.dumps([answer.status_code, answer.json().get("id")]), flush=True)
time.sleep(600)
"""


@needs_kubectl
@pytest.mark.parametrize("setup", first(1, [SETUP, IMPERSONATED]), ids=first(1, ["direct", "impersonated"]))
def test_an_application_in_the_pod_reads_bigquery_with_what_was_exported(
    tmp_path: Path, wif: Callable[..., Answer], lead_here: Callable[[Sandbox], None], setup: str
) -> None:
    program = tmp_path / "application.py"
    program.write_text(APPLICATION, encoding="utf-8")
    with Sandbox("eks-bigquery", ["--steady", "--run", f"{sys.executable} -I {program}"]) as sandbox:
        lead_here(sandbox)
        world = World(tmp_path, sandbox, wif)
        file = applied(world, setup)
        assert wif("export", file, "app", "--out", str(tmp_path / "app")).code == 0
        environ = for_kubectl(world)

        def kubectl(*arguments: str) -> str:
            command = ["kubectl", "--namespace", "orders", *arguments]
            done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout

        fragment = tmp_path / "app" / "pod-fragment.yaml"
        fragment.write_text(fragment.read_text(encoding="utf-8").replace("name: app", "name: order-loader"))
        kubectl("apply", "-f", str(tmp_path / "app" / "configmap.yaml"))
        kubectl("patch", "deployment", "order-loader", "--patch-file", str(fragment))
        kubectl("rollout", "status", "deployment", "order-loader", "--timeout", "30s")
        deadline = time.monotonic() + 30
        while not (printed := kubectl("logs", "deployment/order-loader")):
            assert time.monotonic() < deadline, "the pod printed nothing"
            time.sleep(0.2)
    assert json.loads(printed.splitlines()[-1]) == [200, "acme-analytics:orders"], printed


ASKS = """
import os, urllib.error, urllib.request
url = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")
try:
    asked = urllib.request.Request(url + "/latest/api/token", method="PUT")
    asked.add_header("X-aws-ec2-metadata-token-ttl-seconds", "60")
    token = urllib.request.urlopen(asked, timeout=2).read().decode()
    asked = urllib.request.Request(url + "/latest/meta-data/iam/security-credentials/")
    asked.add_header("X-aws-ec2-metadata-token", token)
    print(urllib.request.urlopen(asked, timeout=2).read().decode())
except OSError as error:
    print("no answer")
"""


@needs_kubectl
@pytest.mark.parametrize("more", first(1, [[], ["--no-namespaces"]]), ids=str)
def test_a_pod_finds_the_role_of_its_node_unless_the_hop_limit_keeps_it_away(
    tmp_path: Path, wif: Callable[..., Answer], lead_here: Callable[[Sandbox], None], more: list[str]
) -> None:
    document = yaml.safe_load(Path("assets/scenarios/eks-bigquery.yaml").read_text(encoding="utf-8"))
    node = {"id": "i-0abc0abc0abc0abc0", "instance_profile": "node", "metadata_options": {"HttpTokens": "required"}}
    document["aws"]["roles"] = [{"name": "node", "service": "ec2.amazonaws.com"}]
    document["aws"] |= {"instance_profiles": [{"name": "node", "role": "node"}], "instances": [node]}
    document["aws"]["eks_clusters"][0]["node_instance"] = node["id"]
    (tmp_path / "world.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    program = tmp_path / "asks.py"
    program.write_text(ASKS, encoding="utf-8")
    arguments = ["--run", f"{sys.executable} -I {program}", *more]
    with Sandbox(str(tmp_path / "world.yaml"), arguments) as sandbox:
        lead_here(sandbox)
        environ = for_kubectl(World(tmp_path, sandbox, wif))

        def ran(*arguments: str) -> str:
            done = subprocess.run(arguments, env=environ, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        def seen_in_pod(name: str, host_network: bool = False) -> str:
            spec = {"spec": {"hostNetwork": host_network}}
            run = ["kubectl", "run", name, "--image", "app", "--restart", "Never", "--overrides", json.dumps(spec)]
            ran(*run)
            done = "jsonpath={.status.phase}=Succeeded"
            ran("kubectl", "wait", f"pod/{name}", "--for", done, "--timeout", "30s")
            return ran("kubectl", "logs", name)

        assert seen_in_pod("far") == "no answer"
        assert seen_in_pod("on-the-host", host_network=True) == "node"
        limit = ["--instance-id", str(node["id"]), "--http-put-response-hop-limit", "2"]
        ran("aws", "ec2", "modify-instance-metadata-options", *limit)
        assert seen_in_pod("near") == "node"
        provider = ran("kubectl", "get", "nodes", "--output", "jsonpath={.items[0].spec.providerID}")
        assert provider.startswith("aws:///eu-central-1a/i-0abc")
