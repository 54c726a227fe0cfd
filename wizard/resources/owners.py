"""The tools that manage a resource, by the marks that they leave on it. They would revert a change made beside them.

Sources: the documentation of Helm, Argo CD ("Resource Tracking"), Flux, Config Sync, Config Connector and Terraform's
providers, and Kubernetes ("Field Management", "Recommended Labels").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wizard import recognised
from wizard.engine.resource import Change, Owner
from wizard.language import N_, translated

Place = Literal["label", "annotation"]


@dataclass(frozen=True)
class Marked:
    """An object, and what tools can mark on it: `managers` are the managers of its fields."""

    kind: str
    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    managers: tuple[str, ...] = ()
    controllers: tuple[str, ...] = ()
    """Kind and name of the objects that own it and keep it as they want it."""

    def text(self, place: Place, key: str) -> str:
        """Return the value of a label or an annotation; empty if there is none."""
        return (self.labels if place == "label" else self.annotations).get(key) or ""


@dataclass(frozen=True)
class Mark:
    """A label or an annotation of a tool. `where` says where a change must be made.

    It can name {value}, the part of the mark's value before its first colon; {other}, the value of the mark `other`;
    and {kind}, {name} and {namespace} of the object. A mark with a `required` value counts only with this value.
    """

    tool: str
    place: Place
    key: str
    where: str
    required: str = ""
    other: str = ""


ITS_CONFIGURATION = N_("configuration that contains the {kind} {name}")
_CONFIGURATION = N_("Terraform configuration that contains the {kind} {name}")
_RELEASE = N_("values or templates of release {value} in namespace {other}")
_APPLICATION = N_("source of the application {value}")
_SOURCE = N_("file {value} in the repository that Config Sync syncs")
_SYNCED = N_("repository that Config Sync syncs")
_CNRM = N_("manifest of the {kind} {name} that Config Connector applies")
_KUSTOMIZATION = N_("source of the Kustomization {value} in namespace {other}")
_HELM_RELEASE = N_("HelmRelease {value} in namespace {other}")
_CHART = N_("chart that contains the {kind} {name} in namespace {namespace}")
_ITS_APPLICATION = N_("source of the application that contains the {kind} {name}")
_ITS_KUSTOMIZATION = N_("source of the Kustomization that contains the {kind} {name}")
_ITS_RELEASE = N_("HelmRelease that contains the {kind} {name}")
_CONTROLLER = N_("{controller} in namespace {namespace}")
_PLACES = (
    _CONFIGURATION,
    ITS_CONFIGURATION,
    _RELEASE,
    _ITS_APPLICATION,
    _APPLICATION,
    _SOURCE,
    _SYNCED,
    _CNRM,
    _ITS_KUSTOMIZATION,
    _KUSTOMIZATION,
    _ITS_RELEASE,
    _HELM_RELEASE,
    _CHART,
    _CONTROLLER,
)
"""The places of changes. States have them in English."""

MARKS = (
    Mark("Argo CD", "annotation", "argocd.argoproj.io/tracking-id", _APPLICATION),
    Mark("Argo CD", "label", "argocd.argoproj.io/instance", _APPLICATION),
    Mark(
        "Flux",
        "label",
        "kustomize.toolkit.fluxcd.io/name",
        _KUSTOMIZATION,
        other="kustomize.toolkit.fluxcd.io/namespace",
    ),
    Mark(
        "Flux",
        "label",
        "helm.toolkit.fluxcd.io/name",
        _HELM_RELEASE,
        other="helm.toolkit.fluxcd.io/namespace",
    ),
    Mark("Config Sync", "annotation", "configmanagement.gke.io/source-path", _SOURCE),
    Mark("Config Sync", "annotation", "configsync.gke.io/source-path", _SOURCE),
    Mark("Config Sync", "annotation", "configmanagement.gke.io/managed", _SYNCED, required="enabled"),
    Mark("Config Sync", "annotation", "configsync.gke.io/resource-id", _SYNCED),
    Mark("Config Sync", "label", "app.kubernetes.io/managed-by", _SYNCED, required="configmanagement.gke.io"),
    Mark("Helm", "annotation", "meta.helm.sh/release-name", _RELEASE, other="meta.helm.sh/release-namespace"),
    Mark(
        "Helm",
        "label",
        "app.kubernetes.io/managed-by",
        _CHART,
        required="helm",
    ),
    Mark("Config Connector", "label", "managed-by-cnrm", _CNRM, required="true"),
    Mark("Config Connector", "label", "cnrm-lease-holder-id", _CNRM),
    Mark("Config Connector", "annotation", "cnrm.cloud.google.com/project-id", _CNRM),
    Mark("Config Connector", "annotation", "cnrm.cloud.google.com/management-conflict-prevention-policy", _CNRM),
    Mark("Terraform", "label", "goog-terraform-provisioned", _CONFIGURATION, required="true"),
    Mark("Terraform", "label", "app.kubernetes.io/managed-by", _CONFIGURATION, required="terraform"),
    Mark("Pulumi", "annotation", "pulumi.com/autonamed", ITS_CONFIGURATION),
    Mark("kapp", "label", "kapp.k14s.io/app", ITS_CONFIGURATION),
    Mark("Rancher Fleet", "annotation", "objectset.rio.cattle.io/id", ITS_CONFIGURATION),
    Mark("Rancher Fleet", "label", "objectset.rio.cattle.io/hash", ITS_CONFIGURATION),
)
"""In the order in which they count: a chart that Argo CD renders has Helm's marks too."""

MANAGERS = {
    "argocd": ("Argo CD", _ITS_APPLICATION),
    "kustomize-controller": ("Flux", _ITS_KUSTOMIZATION),
    "helm-controller": ("Flux", _ITS_RELEASE),
    "configsync": ("Config Sync", _SYNCED),
    "helm": ("Helm", _CHART),
    "terraform": ("Terraform", _CONFIGURATION),
    "hashicorp": ("Terraform", _CONFIGURATION),
    "opentofu": ("OpenTofu", ITS_CONFIGURATION),
    "pulumi": ("Pulumi", ITS_CONFIGURATION),
    "cnrm-controller-manager": ("Config Connector", _CNRM),
    "kapp": ("kapp", ITS_CONFIGURATION),
}
"""Tool and place by the start of the name of a manager of fields, in lower case."""

MANAGED_BY = "app.kubernetes.io/managed-by"
BY_HAND = ("kubectl", "kustomize", "wif-wizard")
"""Values of managed-by, by their start, of tools that act only when someone runs them on a file."""


def of(thing: Marked) -> Owner | None:
    """Return the tool that manages an object; None if nothing says so."""
    for mark in MARKS:
        value = thing.text(mark.place, mark.key)
        if value and mark.required in ("", value.lower()):
            return _owner(thing, mark.tool, mark.where, value, thing.text(mark.place, mark.other))
    for start, (tool, where) in MANAGERS.items():
        if any(manager.lower().startswith(start) for manager in thing.managers):
            return _owner(thing, tool, where)
    for controller in thing.controllers:
        return Owner(controller.partition(" ")[0], _CONTROLLER.format(controller=controller, namespace=thing.namespace))
    named = thing.text("label", MANAGED_BY)
    if named and not named.lower().startswith(BY_HAND):
        return _owner(thing, named, ITS_CONFIGURATION)
    return None


def place_in_language(place: str) -> str:
    """Return the place of an owner, which is in English, in the language that is spoken."""
    found = recognised.find(place, _PLACES)
    if found is None:
        return place
    template, fields = found
    if "kind" in fields:
        fields["kind"] = translated(fields["kind"])
    return translated(template).format(**fields)


def state(thing: Marked) -> dict[str, str] | None:
    """Return the owner of an object for the key "owner" of a state; None if it has none."""
    owner = of(thing)
    return {"tool": owner.tool, "place": owner.place} if owner else None


def recorded(change: Change) -> Owner | None:
    """Return the owner that the state before has. A resource that does not exist yet has none."""
    owner = (change.before or {}).get("owner")
    return Owner(owner["tool"], owner["place"]) if owner else None


def in_cluster(kind: str, metadata: Any) -> Marked:
    """Return a Kubernetes object with its marks, from its metadata as lightkube's model."""
    return Marked(
        kind,
        metadata.name or "",
        metadata.namespace or "",
        metadata.labels or {},
        metadata.annotations or {},
        tuple(entry.manager for entry in metadata.managedFields or () if entry.manager),
        tuple(f"{owner.kind} {owner.name}" for owner in metadata.ownerReferences or () if owner.controller),
    )


def in_google(kind: str, name: str, labels: Mapping[str, str]) -> Marked:
    """Return a resource of Google Cloud with its labels."""
    return Marked(kind, name, labels=labels)


def _owner(thing: Marked, tool: str, where: str, value: str = "", other: str = "") -> Owner:
    place = where.format(
        kind=thing.kind,
        name=thing.name,
        namespace=thing.namespace,
        value=value.partition(":")[0],
        other=other or thing.namespace,
    )
    return Owner(tool, place)
