"""What the doctor observes of a workload's own pods, also where the live test cannot come that far."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from wizard.language import _, translated
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.live import pod_reasons
from wizard.modes.gke.live.carried_labels import look_around
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.own_keys import find_keys
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import User, find_users
from wizard.modes.gke.model import Workload
from wizard.modes.observing import Check
from wizard.modes.opened import Observation
from wizard.phrases import sentences

_PODS = "keys, host network and network policies of the pods of {workload}"
_ON_HOST = "the pods of {user} use the network of their node (hostNetwork: true)"
_BLOCKED = "the pods of {user} cannot reach the metadata server, because of these NetworkPolicies: {policies}"
_FIXES = {rule.code: rule.fix for rule in (pod_reasons.OWN_KEY, *pod_reasons.POD)}


def of(blueprint: GkeBlueprint, reads: ClusterReads) -> Iterator[Check]:
    """Yield what to look at, for each workload."""
    for workload in blueprint.setup.workloads:
        yield Check(_(_PODS).format(workload=workload.title), partial(_of_pods, reads, workload), workload.title)


def _of_pods(reads: ClusterReads, workload: Workload) -> Iterator[Observation | str]:
    users = find_users(reads, workload.namespace, workload.service_account)
    if users.unread:  # the check of old pods says so
        return
    yield from _keys(reads, workload, users.found)
    yield from _on_host(users.found)
    yield from _blocked(reads, workload, users.found)


def _keys(reads: ClusterReads, workload: Workload, users: tuple[User, ...]) -> Iterator[Observation | str]:
    keys = find_keys(reads, workload.namespace, users)
    if keys.found:
        fix = translated(_FIXES["WIF0901"]).format(remove=sentences(keys.fixes))
        yield Observation("WIF0901", tuple(keys.found), fix)
    yield from keys.unknown


def _on_host(users: tuple[User, ...]) -> Iterator[Observation]:
    found = [_(_ON_HOST).format(user=user.title) for user in users if user.host_network]
    if found:
        yield Observation("WIF0903", tuple(found), translated(_FIXES["WIF0903"]))


def _blocked(reads: ClusterReads, workload: Workload, users: tuple[User, ...]) -> Iterator[Observation | str]:
    """Yield the policies that keep pods from the metadata server, if the cluster enforces policies."""
    facts = ClusterFacts(reads.cluster())
    around = look_around(reads, workload.namespace, with_selectors=False, cluster=facts)
    yield from around.unread
    by_user = {user.title: around.blocking(user.labels, facts.metadata_address) for user in users}
    found = [_(_BLOCKED).format(user=user, policies=", ".join(names)) for user, names in by_user.items() if names]
    if found and facts.enforces_policies and not around.undecided:
        address, port = facts.metadata_address
        fix = translated(_FIXES["WIF0902"]).format(metadata_address=f"{address}:{port}")
        yield Observation("WIF0902", tuple(found), fix)
