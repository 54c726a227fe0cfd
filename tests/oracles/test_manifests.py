"""The patches of the result page, in the hands of the real kubectl: applied to what is there, and through kustomize."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracles.programs import Program, need
from wizard.clouds.controllers import KINDS, Controller
from wizard.modes.gke.manifests import Use, patch
from wizard.sandbox.process import Sandbox

NAMESPACE = "checkout"
POD: dict[str, Any] = {"containers": [{"name": "main", "image": "main:1"}]}
ONCE = {"template": {"spec": {**POD, "restartPolicy": "Never"}}}
SELECTED = {
    "selector": {"matchLabels": {"app": "main"}},
    "template": {"metadata": {"labels": {"app": "main"}}, "spec": POD},
}
SPECS = {
    "Deployment": SELECTED,
    "StatefulSet": SELECTED | {"serviceName": "main"},
    "DaemonSet": SELECTED,
    "CronJob": {"schedule": "0 2 * * *", "jobTemplate": {"spec": ONCE}},
    "Job": ONCE,
}


@pytest.fixture(scope="module")
def kubectl() -> Iterator[Program]:
    need("kubectl")
    with Sandbox("gke-spanner") as running:
        yield Program("kubectl", running.environ())


def manifest(kind: str) -> dict[str, Any]:
    """Something of that kind, whose pods use the namespace's default service account."""
    metadata = {"name": "main", "namespace": NAMESPACE}
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata, "spec": SPECS[kind]}


def account(kind: str, found: dict[str, Any]) -> str:
    """The service account in the template of an object."""
    for key in KINDS[kind].template:
        found = found[key]
    return str(found["spec"]["serviceAccountName"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_patch_gives_what_is_there_its_service_account(kubectl: Program, tmp_path: Path, kind: str) -> None:
    there, file = tmp_path / "there.yaml", tmp_path / "patch.yaml"
    there.write_text(yaml.safe_dump(manifest(kind)), encoding="utf-8")
    use = Use(NAMESPACE, Controller(kind, "main"), NAMESPACE, "default")
    file.write_text(patch(use), encoding="utf-8")
    kubectl.ok("apply", "-f", str(there))
    what = (kind.lower(), "main", f"--namespace={NAMESPACE}")
    if use.patched:
        kubectl.ok("patch", *what, f"--patch-file={file}")
        assert account(kind, json.loads(kubectl.ok("get", *what, "--output=json"))) == NAMESPACE
    else:
        assert "immutable" in kubectl.refused("patch", *what, f"--patch-file={file}")


def test_kustomize_takes_the_patches_too(kubectl: Program, tmp_path: Path) -> None:
    kinds = [kind for kind in KINDS if kind != "Job"]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(map(manifest, kinds)), encoding="utf-8")
    for kind in kinds:
        text = patch(Use(NAMESPACE, Controller(kind, "main"), NAMESPACE), pinned=True)
        (tmp_path / f"{kind}.yaml").write_text(text, encoding="utf-8")
    kustomization = {"resources": ["all.yaml"], "patches": [{"path": f"{kind}.yaml"} for kind in kinds]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
    made = list(yaml.safe_load_all(kubectl.ok("kustomize", str(tmp_path))))
    assert {each["kind"]: account(each["kind"], each) for each in made} == dict.fromkeys(kinds, NAMESPACE)
