"""The setup file of workloads on GKE as types."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from wizard.clouds.controllers import Controller
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.modes.gke import limits
from wizard.modes.gke import texts as gke_texts
from wizard.setup import derived, service_accounts, texts
from wizard.setup.rules import Broken
from wizard.setup.sections import Grant, Section, Setup, Via


class GkeGoogle(Section):
    """The project of the cluster."""

    project: texts.ProjectId
    """The ID of the cluster's project."""


class Gke(Section):
    """Where the workloads run."""

    cluster: gke_texts.ClusterName
    """The name of the cluster."""
    location: gke_texts.Location
    """The cluster's region, or its zone."""
    node_pools: Annotated[tuple[gke_texts.NodePoolName, ...], Field(strict=False)] = ()
    """The node pools that run the workloads; empty on an Autopilot cluster, whose node pools need no change."""

    @field_validator("node_pools")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        repeated = sorted({name for name in value if value.count(name) > 1})
        if repeated:
            names = ", ".join(repeated)
            raise texts.refused(
                _("node pools appear more than once: {names}").format(names=names), _("list each node pool only once")
            )
        return value


class Workload(Section):
    """A Kubernetes service account, and the roles of the pods that use it."""

    namespace: gke_texts.Namespace
    """The namespace in which the pods run."""
    service_account: gke_texts.KubernetesServiceAccountName
    """The name of the Kubernetes service account: the pods' serviceAccountName."""
    perimeter: bool = False
    """Whether a VPC Service Controls perimeter is between the pods and the resources that they use."""
    via: Via = "direct"
    """direct: its own principal gets the roles; service-account: a Google service account that it acts as.

    If not given: direct, or service-account if a perimeter or one of the roles requires it."""
    google_service_account: Annotated[texts.ServiceAccountName | None, Field(validate_default=True)] = None
    """The Google service account to act as: its name in google.project, or its email address.

    If `via` is not given either, and a service account is required: one named after the Kubernetes service account."""
    controllers: Annotated[tuple[gke_texts.ControllerName, ...], Field(strict=False)] = ()
    """The controllers whose pods will use the service account, as KIND/NAME: Deployment/scorer, CronJob/nightly.

    The wizard changes their serviceAccountName, which recreates their pods."""
    remove_keys: bool = False
    """Whether to remove service account keys from the pods of the controllers: volumes and variables."""
    replaces: Annotated[texts.ServiceAccountName | None, Field(validate_default=True)] = None
    """The service account whose key the workload used before: its name in google.project, or its email address."""
    disable_keys: bool = False
    """Whether to disable the keys of that service account, after everything else."""
    grants: Annotated[tuple[Grant, ...], Field(strict=False, examples=[[]])]
    """The roles that the workload needs."""

    @model_validator(mode="before")
    @classmethod
    def _default_via(cls, data: Any) -> Any:
        """Set `via` and the service account if `via` is missing and a service account is required."""
        if not isinstance(data, dict) or "via" in data:
            return data
        if not limits.service_account_reason(_roles(data.get("grants")), data.get("perimeter") is True):
            return data
        name = derived.service_account(str(data.get("service_account", "")), "gke")
        return {"google_service_account": name, **data, "via": "service-account"}

    @field_validator("google_service_account")
    @classmethod
    def _goes_with_via(cls, value: str | None, info: ValidationInfo) -> str | None:
        via = info.data.get("via")
        if via == "direct" and value is not None:
            raise texts.refused(
                _("the setup names a Google service account, but access is direct"),
                _("write `via: service-account`, or remove google_service_account"),
            )
        if via == "service-account" and value is None:
            raise texts.refused(
                _("access is through a Google service account, but the setup does not name the account"),
                _("write `google_service_account: NAME`, or `via: direct`"),
            )
        return value

    @field_validator("disable_keys")
    @classmethod
    def _needs_replaces(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("replaces"):
            raise texts.refused(
                _("the setup does not name the service account whose keys the wizard must disable"),
                _("write `replaces: NAME`, or remove disable_keys"),
            )
        return value

    @field_validator("remove_keys")
    @classmethod
    def _needs_controllers(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("controllers"):
            raise texts.refused(
                _("the setup asks the wizard to remove keys, but does not name the controllers of the pods"),
                _("write `controllers: [Deployment/NAME]`, or remove `remove_keys`"),
            )
        return value

    @property
    def title(self) -> str:
        """Namespace and service account, as NAMESPACE/NAME."""
        return f"{self.namespace}/{self.service_account}"

    @property
    def wired(self) -> tuple[Controller, ...]:
        """The controllers whose pods will use the service account."""
        return tuple(Controller(*name.split("/")) for name in self.controllers)


class ProbeResources(Section):
    """The resources of the live test's pods, as in Kubernetes: cpu, memory and others, by name."""

    requests: dict[str, str] = Field(default_factory=dict)
    """What a pod reserves on its node; cpu 100m, memory 128Mi and ephemeral-storage 64Mi if not given."""
    limits: dict[str, str] = Field(default_factory=dict)
    """The most that a pod can use; the same as its requests if not given."""


class GkeProbe(Section):
    """How the live test runs in the cluster."""

    image: str | None = None
    """The container image, with Python 3.8 or newer; a public one if not given."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Labels for the jobs and pods of the live test, if policies of the cluster require some."""
    resources: ProbeResources = ProbeResources()
    """The resources of its pods, if the cluster requires others than the defaults."""
    security_context: dict[str, Any] = Field(default_factory=dict)
    """Fields of the container's securityContext, as in Kubernetes, that replace or complete the restricted defaults."""
    priority_class: str | None = None
    """The priority class of its pods, if a quota requires one."""


class GkeSetup(Setup):
    """Workloads on GKE that use Google Cloud without keys, and without the service account of their nodes."""

    mode: Literal["gke"]
    """Where the workloads run."""
    google: GkeGoogle
    gke: Gke
    workloads: Annotated[tuple[Workload, ...], Field(strict=False, min_length=1)]
    """The workloads, one for each Kubernetes service account."""
    probe: GkeProbe = GkeProbe()

    @classmethod
    def example(cls) -> Self:
        """Return a small valid setup."""
        return cls.model_validate(
            {
                "version": 1,
                "mode": "gke",
                "google": {"project": "acme-payments"},
                "gke": {"cluster": "payments", "location": "asia-northeast1", "node_pools": ["default-pool"]},
                "workloads": [
                    {
                        "namespace": "anti-fraud",
                        "service_account": "scorer",
                        "grants": [{"on": "projects/acme-payments", "roles": ["roles/spanner.databaseUser"]}],
                    }
                ],
            }
        )

    @property
    def cluster_name(self) -> ClusterName:
        """The cluster's full name."""
        return ClusterName(self.google.project, self.gke.location, self.gke.cluster)

    def service_account_email(self, workload: Workload) -> str | None:
        """Return the email of the Google service account that a workload acts as; None for direct access."""
        name = workload.google_service_account
        return None if name is None else service_accounts.email_of(name, self.google.project)

    def replaced(self, workload: Workload) -> tuple[str, str] | None:
        """Return the project ID and the email of the service account whose key a workload used before, if known."""
        return service_accounts.located(workload.replaces, self.google.project)

    def service_account_project(self, workload: Workload) -> str:
        """Return the ID of the project of the workload's Google service account."""
        return service_accounts.project_of(self.service_account_email(workload) or "", self.google.project)


def _roles(grants: Any) -> Iterator[str]:
    """Yield the roles in grants given as plain data, which can have other errors too."""
    for grant in grants if isinstance(grants, (list, tuple)) else ():
        roles = grant.get("roles") if isinstance(grant, dict) else getattr(grant, "roles", ())
        yield from (role for role in roles or () if isinstance(role, str))


def clashes(data: Any) -> Iterator[tuple[tuple[str | int, ...], Broken]]:
    """Yield the path and the problem of each workload or controller that appears twice.

    `data` can have other errors too.
    """
    workloads = data.get("workloads") if isinstance(data, dict) else None
    first: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    wired: dict[tuple[str, str], str] = {}
    for index, workload in enumerate(workloads if isinstance(workloads, list) else []):
        match workload:
            case {"namespace": str(namespace), "service_account": str(account)}:
                before = first.setdefault((namespace, account), (index, workload))
                if before[0] != index:
                    yield ("workloads", index), _clash(f"{namespace}/{account}", *before, workload)
                for number, name in enumerate(_texts(workload.get("controllers"))):
                    other = wired.setdefault((namespace, name), account)
                    if other != account:
                        what = _("the pods of {name} cannot use two service accounts: {other} and {account}").format(
                            name=name, other=other, account=account
                        )
                        hint = _("list the controller in only one workload")
                        yield ("workloads", index, "controllers", number), Broken(what, hint)


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, (list, tuple)) else []


def _clash(title: str, index: int, before: dict[str, Any], workload: dict[str, Any]) -> Broken:
    first = before.get("google_service_account") or _("itself (direct)")
    second = workload.get("google_service_account") or _("itself (direct)")
    if first == second:
        what = _("{title} appears twice (first as workloads[{index}])").format(title=title, index=index)
        return Broken(what, _("write all grants of this service account in one entry"))
    what = _("{title} cannot act as two identities: {first} (workloads[{index}]) and {second}").format(
        title=title, first=first, index=index, second=second
    )
    return Broken(
        what, _("keep one of the two identities, or use another Kubernetes service account for one of the workloads")
    )
