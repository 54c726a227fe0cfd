"""Container API: the older calls that set one thing of a cluster each. gcloud makes some of them still."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster

from .calls import Call, Handler
from .container_calls import find_cluster, take, version
from .container_documents import chosen
from .container_operations import start, started_document
from .container_wanted import check_network_policy, kept, wanted_addons

Effect = Callable[[], None]
Setter = Callable[[Cluster, dict[str, JSON]], Effect]


def _addons(cluster: Cluster, body: dict[str, JSON]) -> Effect:
    return partial(_choose, cluster, "addonsConfig", wanted_addons(body, "addonsConfig"))


def _legacy_abac(cluster: Cluster, body: dict[str, JSON]) -> Effect:
    enabled = take(body, "enabled", bool, False)
    return partial(cluster.settings.__setitem__, "legacyAbac", {"enabled": True} if enabled else {})


def _logging(cluster: Cluster, body: dict[str, JSON]) -> Effect:
    return partial(_choose, cluster, "loggingService", take(body, "loggingService", str, ""))


def _monitoring(cluster: Cluster, body: dict[str, JSON]) -> Effect:
    return partial(_choose, cluster, "monitoringService", take(body, "monitoringService", str, ""))


def _maintenance(cluster: Cluster, body: dict[str, JSON]) -> Effect:
    return partial(_choose, cluster, "maintenancePolicy", kept(take(body, "maintenancePolicy", dict, {})))


def _network_policy(cluster: Cluster, body: dict[str, JSON]) -> Effect:
    enabled = take(take(body, "networkPolicy", dict, {}), "enabled", bool, False)
    check_network_policy(enabled, cluster.dataplane_v2 or cluster.autopilot)
    return partial(setattr, cluster, "network_policy", enabled)


def _choose(cluster: Cluster, name: str, value: JSON) -> None:
    cluster.settings = chosen(cluster.settings, {name: value})


def _handler(setter: Setter) -> Handler:
    def handler(call: Call) -> JSON:
        cluster = find_cluster(call, "container.clusters.update")
        effect = setter(cluster, call.document())
        return started_document(start(call.world, "UPDATE_CLUSTER", cluster, None, effect), version(call))

    return handler


SETTERS: tuple[tuple[str, str, Handler], ...] = (
    (":setAddons", "/addons", _handler(_addons)),
    (":setLegacyAbac", "/legacyAbac", _handler(_legacy_abac)),
    (":setLogging", "/logging", _handler(_logging)),
    (":setMaintenancePolicy", ":setMaintenancePolicy", _handler(_maintenance)),
    (":setMonitoring", "/monitoring", _handler(_monitoring)),
    (":setNetworkPolicy", ":setNetworkPolicy", _handler(_network_policy)),
)
"""What follows the name of a cluster in the path of each call, of a location and in the older form, and its handler."""
