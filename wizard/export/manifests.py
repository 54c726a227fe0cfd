"""The objects in the cluster as YAML: a kustomization with the accounts, a component with the patches, and probe jobs.

Every text that some YAML version would not read as text is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.engine.resource import Change, Resource
from wizard.export.source import Source
from wizard.modes.opened import ExportedFile, Opened
from wizard.resources.kind import Kind
from wizard.resources.pod_account import PodAccount
from wizard.setup.yaml_text import Block, as_yaml

Json = dict[str, Any]

_KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
_COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
_ACCOUNTS_WHY = (
    "The namespaces and the Kubernetes service accounts. If an account acts as a Google service account, an annotation "
    "names the Google service account. To apply the files: kubectl apply --server-side --kustomize accounts"
)
_PATCH_WHY = (
    "This patch changes the pods of {pods}. To use the patch with kustomize, add the component patches to your "
    "kustomization. To use only this patch: kubectl --namespace={namespace} patch {kind} {name} --patch-file={file}"
)
_COMPONENT_WHY = (
    "A kustomize component with all patches. Add the folder patches to the list components in the kustomization of "
    "your workloads, so that the next deployment keeps the patches."
)
_PROBE_WHY = (
    "A job that tests the credential chain in a pod with the Kubernetes service account {account}. To run the job: "
    "kubectl create -f {file}; then read its log: kubectl --namespace={namespace} logs job/{name}. To read the log "
    "with wif-wizard: wif-wizard test {setup} --from-output LOG"
)


def files(source: Source) -> list[ExportedFile]:
    """Return the files, sorted by path; none if the setup has no objects in a cluster."""
    resources = source.unread.resources()
    manifests = [manifest for resource in resources if (manifest := _manifest(resource))]
    if not manifests:
        return []
    made = [*_accounts(manifests), *_patches(resources), *_probes(source)]
    return sorted(made, key=lambda file: file.file)


def _manifest(resource: Resource) -> Json | None:
    return resource.manifest() if isinstance(resource, Kind) else None


def _accounts(manifests: Sequence[Json]) -> Iterable[ExportedFile]:
    by_file = {"namespaces.yaml": "Namespace", "service-accounts.yaml": "ServiceAccount"}
    for name, kind in by_file.items():
        text = "---\n".join(as_yaml(manifest) for manifest in manifests if manifest["kind"] == kind)
        yield ExportedFile(f"accounts/{name}", name, _ACCOUNTS_WHY, "yaml", text)
    kustomization = {**_KUSTOMIZATION, "resources": sorted(by_file)}
    name = "accounts/kustomization.yaml"
    yield ExportedFile(name, "Kustomization of the accounts", _ACCOUNTS_WHY, "yaml", as_yaml(kustomization))


def _patches(resources: Iterable[Resource]) -> Iterable[ExportedFile]:
    """Yield a patch for each controller whose pods the setup wires, and the component with all patches."""
    found: dict[str, PodAccount] = {}
    for resource in resources:
        if isinstance(resource, PodAccount):
            found[f"{resource.controller.kind.lower()}-{resource.namespace}-{resource.controller.name}.yaml"] = resource
    for name, resource in sorted(found.items()):
        patch = resource.patch_file(Change(resource, None, resource.desired()))
        place = {"namespace": resource.namespace, "name": resource.controller.name}
        kind, path = resource.controller.kind.lower(), f"patches/{name}"
        why = _PATCH_WHY.format(pods=resource.label, kind=kind, file=path, **place)
        yield ExportedFile(path, name, why, "yaml", as_yaml(patch))
    if found:
        component = {**_COMPONENT, "patches": [{"path": name} for name in sorted(found)]}
        path = "patches/kustomization.yaml"
        yield ExportedFile(path, "Component with the patches", _COMPONENT_WHY, "yaml", as_yaml(component))


def _probes(source: Source) -> Iterable[ExportedFile]:
    """Yield the jobs. Without the number of the project and the policies there is none, since a job names members."""
    if source.opened is source.unread:
        return
    for job in _jobs(source.opened):
        container = job["spec"]["template"]["spec"]["containers"][0]
        *words, program = container["command"]
        container["command"] = [*words, Block(program)]
        metadata = job["metadata"]
        path = f"probe/{metadata['namespace']}-{metadata['name']}.yaml"
        account = job["spec"]["template"]["spec"]["serviceAccountName"]
        words_of_why = {"namespace": metadata["namespace"], "name": metadata["name"], "setup": source.file}
        why = _PROBE_WHY.format(account=account, file=path, **words_of_why)
        yield ExportedFile(path, f"Probe job of {account}", why, "yaml", as_yaml(job))


def _jobs(opened: Opened) -> list[Json]:
    try:
        return opened.probe_jobs()
    except CloudError:
        return []
