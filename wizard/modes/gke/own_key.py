"""Finds the service account keys that the pods of the chosen workloads carry, and whose keys these are."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.modes.gke.chosen import Chosen
from wizard.modes.gke.live.own_keys import OwnKeys, find_keys
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import find_users
from wizard.modes.gke.workload_answers import GkeAnswers
from wizard.resources.pod_keys import read_accounts
from wizard.setup.replacing import KeyFound

_IN = "the pods have a service account key, from {kind} {name}"
_INLINE = "the pods have a service account key, in the value of a variable"


def find(clouds: Clouds, answers: GkeAnswers) -> dict[str, KeyFound]:
    """Return the key of each workload that has one, by the title of the workload."""
    names = [answers.text(path) for path in ("google.project", "gke.location", "gke.cluster")]
    if not all(names):
        return {}
    used = [(each.namespace, each.was or each.service_account) for each in answers.workloads]
    reads = ClusterReads(clouds, ClusterName(*names), used)
    found = {workload.title: of_workload(reads, workload) for workload in answers.workloads}
    return {title: key for title, key in found.items() if key is not None}


def of_workload(reads: ClusterReads, workload: Chosen) -> KeyFound | None:
    """Return the key of a workload: of its own controllers, which can share an account with others today."""
    users = find_users(reads, workload.namespace, workload.was or workload.service_account).found
    titles = {controller.title for controller in workload.controllers}
    own = tuple(user for user in users if user.title in titles) if titles else users
    return next(_keys(reads, workload.namespace, find_keys(reads, workload.namespace, own)), None)


def _keys(reads: ClusterReads, namespace: str, keys: OwnKeys) -> Iterator[KeyFound]:
    for source in keys.sources:
        where = _(_IN).format(kind=source.kind, name=source.name)
        try:
            accounts = read_accounts(reads.kubernetes, source.kind, namespace, source.name)
        except CloudError:  # it was read a moment ago
            accounts = {}
        yield KeyFound(where, accounts.get(source.key, ""))
    for account in keys.accounts:
        yield KeyFound(_(_INLINE), account)
