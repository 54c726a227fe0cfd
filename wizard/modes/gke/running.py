"""What runs in a cluster: Kubernetes service accounts, and what has pods made that use them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.clouds.session import Clouds
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.modes.gke.chosen import DEFAULT
from wizard.modes.gke.controllers import KINDS, Controller

_SYSTEM = ("kube-", "gke-", "gmp-")
"""How the namespaces begin that Kubernetes and GKE make for themselves."""

_ACCOUNTS = "ServiceAccount"

Json = dict[str, Any]


@dataclass(frozen=True)
class Runs:
    """What has pods made, with the Kubernetes service account that these use, and in words how many or when."""

    namespace: str
    controller: Controller
    service_account: str
    pods: str
    host_network: bool = False


@dataclass(frozen=True)
class AccountSeen:
    """A Kubernetes service account, and whom its annotation names."""

    namespace: str
    name: str
    acts_as: str = ""


@dataclass(frozen=True)
class Running:
    """What runs in a cluster, of the teams' own, in order of namespace, kind and name.

    `unread` are the kinds that the operator may not list.
    """

    accounts: tuple[AccountSeen, ...]
    controllers: tuple[Runs, ...]
    unread: tuple[str, ...] = ()

    def users(self, namespace: str, service_account: str) -> tuple[Runs, ...]:
        """What uses a service account now."""
        key = (namespace, service_account)
        return tuple(each for each in self.controllers if (each.namespace, each.service_account) == key)

    def likely(self, namespace: str, service_account: str) -> tuple[Runs, ...]:
        """What is likely meant to use it: of its name, and using the namespace's default now."""
        return tuple(each for each in self.users(namespace, DEFAULT) if each.controller.name == service_account)


def running(clouds: Clouds, cluster: ClusterName) -> Running:
    """What runs in a cluster. Raises CloudError; what only may not be listed is told, unless that is all of it."""
    kubernetes = clouds.kubernetes(cluster)
    names = (_ACCOUNTS, *KINDS)
    with ThreadPoolExecutor(max_workers=len(names)) as beside:
        found = dict(zip(names, beside.map(lambda name: _listed(kubernetes, name), names), strict=True))
    refused = {name: each for name, each in found.items() if isinstance(each, CloudError)}
    if len(refused) == len(names):
        raise refused[_ACCOUNTS]
    lists = {name: each for name, each in found.items() if not isinstance(each, CloudError)}
    accounts = [_account(each) for each in lists.pop(_ACCOUNTS, ())]
    controllers = [_runs(name, each) for name, items in lists.items() for each in items if not _of_cron_job(each)]
    return Running(
        tuple(sorted(accounts, key=lambda each: (each.namespace, each.name))),
        tuple(sorted(controllers, key=_order)),
        tuple(refused),
    )


def _listed(kubernetes: Kubernetes, name: str) -> list[Json] | CloudError:
    """The teams' own objects of a kind, or the refusal of one who may not list them. Raises CloudError."""
    from lightkube.resources import apps_v1, batch_v1, core_v1

    home = {"ServiceAccount": core_v1, "Job": batch_v1, "CronJob": batch_v1}.get(name, apps_v1)
    try:
        found: Iterator[Json] = (each.to_dict() for each in kubernetes.list_objects(getattr(home, name), ALL))
        return [each for each in found if not each["metadata"]["namespace"].startswith(_SYSTEM)]
    except CloudError as error:
        if error.status == 403:
            return error
        raise


def _order(found: Runs) -> tuple[str, int, str]:
    return found.namespace, list(KINDS).index(found.controller.kind), found.controller.name


def _account(found: Json) -> AccountSeen:
    metadata = found["metadata"]
    return AccountSeen(metadata["namespace"], metadata["name"], (metadata.get("annotations") or {}).get(ANNOTATION, ""))


def _of_cron_job(found: Json) -> bool:
    """Whether it is a job that a cron job has made, which stands for it."""
    return any(each.get("kind") == "CronJob" for each in found["metadata"].get("ownerReferences") or ())


def _runs(kind: str, found: Json) -> Runs:
    template = found
    for key in KINDS[kind].template:
        template = template.get(key) or {}
    spec, metadata = template.get("spec") or {}, found["metadata"]
    return Runs(
        metadata["namespace"],
        Controller(kind, metadata["name"]),
        spec.get("serviceAccountName") or DEFAULT,
        _pods(kind, found["spec"], found.get("status") or {}),
        bool(spec.get("hostNetwork")),
    )


def _pods(kind: str, spec: Json, status: Json) -> str:
    if kind == "DaemonSet":
        return "a pod on each node"
    if kind == "CronJob":
        zone = f" {spec['timeZone']}" if spec.get("timeZone") else ""
        return f"at {spec.get('schedule')}{zone}{', suspended' if spec.get('suspend') else ''}"
    if kind == "Job":
        ended = (each for each in status.get("conditions") or () if each.get("type") in ("Complete", "Failed"))
        return "ended" if any(each.get("status") == "True" for each in ended) else "runs once"
    count = int(spec.get("replicas", 1))
    return f"{count} pod{'' if count == 1 else 's'}"
