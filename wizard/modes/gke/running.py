"""Read what runs in a cluster: Kubernetes service accounts, and the controllers whose pods use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from wizard.clouds.controllers import KINDS, Controller
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.federation.gke_namespaces import is_googles
from wizard.language import _
from wizard.modes.gke.chosen import DEFAULT

_ACCOUNTS = "ServiceAccount"

Json = dict[str, Any]


@dataclass(frozen=True)
class Runs:
    """A controller, and the Kubernetes service account of its pods. `pods` says how many run, or when they run."""

    namespace: str
    controller: Controller
    service_account: str
    pods: str
    host_network: bool = False


@dataclass(frozen=True)
class AccountSeen:
    """A Kubernetes service account, and the Google service account that its annotation names, if any."""

    namespace: str
    name: str
    acts_as: str = ""


@dataclass(frozen=True)
class Running:
    """The teams' own service accounts and controllers in a cluster, sorted by namespace, kind and name.

    `unread` has the kinds that the operator does not have permission to list.
    """

    accounts: tuple[AccountSeen, ...]
    controllers: tuple[Runs, ...]
    unread: tuple[str, ...] = ()

    def users(self, namespace: str, service_account: str) -> tuple[Runs, ...]:
        """Return the controllers whose pods use a service account now."""
        return self._by_account.get((namespace, service_account), ())

    @cached_property
    def _by_account(self) -> dict[tuple[str, str], tuple[Runs, ...]]:
        """The controllers by namespace and service account."""
        users: dict[tuple[str, str], list[Runs]] = {}
        for runs in self.controllers:
            users.setdefault((runs.namespace, runs.service_account), []).append(runs)
        return {account: tuple(runs) for account, runs in users.items()}

    def likely(self, namespace: str, service_account: str) -> tuple[Runs, ...]:
        """Return the controllers that probably should use it: they have its name, and use `default` now."""
        return tuple(runs for runs in self.users(namespace, DEFAULT) if runs.controller.name == service_account)


def running(clouds: Clouds, cluster: ClusterName) -> Running:
    """Return what runs in a cluster.

    Raises CloudError if a list fails. Missing permission to list some kinds is not an error: they are in `unread`.
    """
    kubernetes = clouds.kubernetes(cluster)
    names = (_ACCOUNTS, *KINDS)
    with Readers(max_workers=len(names)) as executor:
        results = dict(zip(names, executor.map(lambda name: _listed(kubernetes, name), names), strict=True))
    refused = {name: result for name, result in results.items() if isinstance(result, CloudError)}
    if len(refused) == len(names):
        raise refused[_ACCOUNTS]
    lists = {name: result for name, result in results.items() if not isinstance(result, CloudError)}
    accounts = [_account(document) for document in lists.pop(_ACCOUNTS, ())]
    controllers = []
    for name, documents in lists.items():
        controllers += [_runs(name, document) for document in documents if not _is_from_cron_job(document)]
    return Running(
        tuple(sorted(accounts, key=lambda account: (account.namespace, account.name))),
        tuple(sorted(controllers, key=_order)),
        tuple(refused),
    )


def _listed(kubernetes: Kubernetes, name: str) -> list[Json] | CloudError:
    """Return the teams' own objects of a kind, or the error if listing them is forbidden. Raises other CloudErrors."""
    from lightkube.resources import apps_v1, batch_v1, core_v1

    home = {"ServiceAccount": core_v1, "Job": batch_v1, "CronJob": batch_v1}.get(name, apps_v1)
    try:
        listed: Iterator[Json] = (item.to_dict() for item in kubernetes.list_objects(getattr(home, name), ALL))
        return [document for document in listed if not is_googles(document["metadata"]["namespace"])]
    except CloudError as error:
        if error.status == 403:
            return error
        raise


def _order(runs: Runs) -> tuple[str, int, str]:
    return runs.namespace, list(KINDS).index(runs.controller.kind), runs.controller.name


def _account(document: Json) -> AccountSeen:
    metadata = document["metadata"]
    return AccountSeen(metadata["namespace"], metadata["name"], (metadata.get("annotations") or {}).get(ANNOTATION, ""))


def _is_from_cron_job(document: Json) -> bool:
    """Return whether a CronJob created this job. The CronJob is listed instead."""
    owners = document["metadata"].get("ownerReferences") or ()
    return any(owner.get("kind") == "CronJob" for owner in owners)


def _runs(kind: str, document: Json) -> Runs:
    template = document
    for key in KINDS[kind].template:
        template = template.get(key) or {}
    spec, metadata = template.get("spec") or {}, document["metadata"]
    return Runs(
        metadata["namespace"],
        Controller(kind, metadata["name"]),
        spec.get("serviceAccountName") or DEFAULT,
        _pods(kind, document["spec"], document.get("status") or {}),
        bool(spec.get("hostNetwork")),
    )


def _pods(kind: str, spec: Json, status: Json) -> str:
    if kind == "DaemonSet":
        return _("1 pod on each node")
    if kind == "CronJob":
        return _schedule(spec)
    if kind == "Job":
        conditions = status.get("conditions") or ()
        ended = [condition for condition in conditions if condition.get("type") in ("Complete", "Failed")]
        is_over = any(condition.get("status") == "True" for condition in ended)
        return _("ended") if is_over else _("runs once")
    count = int(spec.get("replicas", 1))
    return _("1 pod") if count == 1 else _("{count} pods").format(count=count)


def _schedule(spec: Json) -> str:
    schedule = str(spec.get("schedule"))
    if spec.get("timeZone"):
        schedule = f"{schedule} {spec['timeZone']}"
    return (
        _("at {schedule}, suspended").format(schedule=schedule)
        if spec.get("suspend")
        else _("at {schedule}").format(schedule=schedule)
    )
