"""What a change of a node pool's metadata mode does to the nodes, and to the pods that run there, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wizard.engine.resource import State
from wizard.language import _
from wizard.resources import state_words
from wizard.resources.node_users import BARE

SECONDS_PER_NODE = 600.0
"""How many seconds one node can take. Several are recreated at a time only if the pool's surge settings allow it."""

_SHOWN = 4
_DEFAULT_IDENTITY = "the Compute Engine default service account"

_LOSES = (
    "{owner} in namespace {namespace} (Kubernetes service account {account}) loses the access to Google Cloud that "
    "its pods have through their nodes' service account, {identity}"
)
_LOSE = (
    "Pods without a controller in namespace {namespace} (Kubernetes service account {account}) lose the access to "
    "Google Cloud that they have through their nodes' service account, {identity}"
)
_END = (
    "Pods without a controller in namespace {namespace} are deleted with their nodes in {pool}, and the cluster does "
    "not recreate these pods"
)
_UNREAD_PODS = (
    "the wizard could not read the pods on {pool} ({reason}); all pods whose Kubernetes service account is not in "
    "this setup lose the access to Google Cloud that they have through their nodes' service account, {identity}"
)
_UNREAD_KIND = (
    "the wizard could not list the cluster's {kind} objects ({reason}); {kind} objects that have no pod now, but can "
    "use {pool}, lose access to Google Cloud through the nodes' service account, {identity}"
)
_CHANGES = "pods of {accounts} stop acting as the nodes' service account, and use their own identity"
_LOSES_OWN = (
    "{owner} in namespace {namespace} loses the identity of its Kubernetes service account {account}: its pods on "
    "{pool} act again as their nodes' service account, {identity}"
)
_LOSE_OWN = (
    "Pods without a controller in namespace {namespace} lose the identity of their Kubernetes service account "
    "{account}: pods on {pool} act again as their nodes' service account, {identity}"
)
_LOSE_OWN_UNREAD = (
    "the wizard could not read the pods on {pool} ({reason}); all pods whose Kubernetes service account is not in this "
    "setup lose the identity of that account, and act again as their nodes' service account, {identity}"
)
_LOSE_OWN_UNREAD_KIND = (
    "the wizard could not list the cluster's {kind} objects ({reason}); {kind} objects that have no pod now, but can "
    "use {pool}, lose the identity of their Kubernetes service accounts"
)
_ORDER = (
    "To keep all access, do not change {pool} yet. Add {accounts} to the workloads of the setup, with the roles that "
    "their pods use, and apply the setup: the wizard grants the roles before GKE recreates the nodes."
)
_ORDER_OF_DEFAULT = (
    "To keep all access, do not change {pool} yet. First, give the pods that use {accounts} their own Kubernetes "
    "service accounts. Then add the new accounts to the workloads of the setup, with the roles that the pods use, and "
    "apply the setup: the wizard grants the roles before GKE recreates the nodes."
)


def impact(pool: str, state: State, workloads: Iterable[str]) -> str:
    """Return the effect on nodes and pods. `workloads` (NAMESPACE/SERVICE ACCOUNT) get access in the same plan."""
    texts = [_nodes_text(pool, state)]
    pods = state.get("pods")
    texts.append(_("all pods on the nodes move") if pods is None else _pods_text(pods))
    changing = sorted(_accounts(state) & set(workloads))
    if changing:
        texts.append(_(_CHANGES).format(accounts=_some(changing)))
    return "; ".join(texts)


def losers(pool: str, state: State, workloads: Iterable[str]) -> list[str]:
    """Return who loses the nodes' identity, one line each. It names no pods and no numbers, which change all the time.

    Pods on the host's network keep the nodes' identity in any mode.
    """
    identity = _identity(state)
    if state.get("pods") is None:
        return [_(_UNREAD_PODS).format(pool=pool, reason=state.get("unread", {}).get("Pod"), identity=identity)]
    lines = _ending(pool, state)
    for user in _others(state, workloads):
        template = _(_LOSE) if user["owner"] == BARE else _(_LOSES)
        names = {"owner": user["owner"], "namespace": user["namespace"], "account": _account(user)}
        lines.append(template.format(identity=identity, **names))
    unread = state.get("unread", {})
    return lines + [
        _(_UNREAD_KIND).format(kind=kind, reason=reason, pool=pool, identity=identity)
        for kind, reason in unread.items()
    ]


def revert_impact(pool: str, state: State) -> str:
    """Return the effect on nodes and pods when a node pool gets its former mode again."""
    pods = state.get("pods")
    moving = _("all pods on the nodes move") if pods is None else _pods_text(pods)
    return f"{_nodes_text(pool, state)}; {moving}"


def revert_losers(pool: str, state: State, workloads: Iterable[str]) -> list[str]:
    """Return who loses an identity of its own when a node pool gets its former mode again, one line each.

    `workloads` are the accounts whose access the run itself gave.
    """
    identity = _identity(state)
    if state.get("pods") is None:
        return [_(_LOSE_OWN_UNREAD).format(pool=pool, reason=state.get("unread", {}).get("Pod"), identity=identity)]
    lines = _ending(pool, state)
    for user in _others(state, workloads):
        template = _(_LOSE_OWN) if user["owner"] == BARE else _(_LOSES_OWN)
        words = {"owner": user["owner"], "namespace": user["namespace"], "account": _account(user)}
        lines.append(template.format(pool=pool, identity=identity, **words))
    unread = state.get("unread", {})
    lines += [_(_LOSE_OWN_UNREAD_KIND).format(kind=kind, reason=reason, pool=pool) for kind, reason in unread.items()]
    return lines


def notes(pool: str, state: State, workloads: Iterable[str]) -> Iterator[str]:
    """Yield the order of changes in which nobody loses anything."""
    others = sorted({_account(user) for user in _others(state, workloads)})
    shared = [account for account in others if account.endswith("/default")]
    own = [account for account in others if account not in shared]
    if own:
        yield _(_ORDER).format(pool=pool, accounts=", ".join(own))
    if shared:
        yield _(_ORDER_OF_DEFAULT).format(pool=pool, accounts=", ".join(shared))


def _ending(pool: str, state: State) -> list[str]:
    """Return whose pods end with their nodes, one line for each namespace."""
    return [_(_END).format(namespace=namespace, pool=pool) for namespace in state.get("ending", ())]


def _others(state: State, workloads: Iterable[str]) -> list[dict[str, Any]]:
    """Return the users of the nodes' identity that get no access in the same plan."""
    ours = set(workloads)
    return [user for user in state.get("users", ()) if _account(user) not in ours]


def _accounts(state: State) -> set[str]:
    return {_account(user) for user in state.get("users", ())}


def _account(user: dict[str, Any]) -> str:
    return f"{user['namespace']}/{user['account']}"


def _identity(state: State) -> str:
    identity = str(state.get("identity"))
    return _(_DEFAULT_IDENTITY) if identity == "default" else identity


def _nodes_text(pool: str, state: State) -> str:
    count, strategy = state.get("nodes"), _("surge unknown")
    if "strategy" in state:
        strategy = state_words.in_language(state["strategy"])
    unavailable = state.get("unavailable")
    if unavailable:
        strategy = _("{strategy}, with at most {unavailable} of the nodes unavailable at a time").format(
            strategy=strategy, unavailable=unavailable
        )
    if not count:
        return _("GKE recreates all nodes of {pool} ({strategy})").format(pool=pool, strategy=strategy)
    if count == 1:
        return _("GKE recreates 1 node of {pool} ({strategy})").format(pool=pool, strategy=strategy)
    return _("GKE recreates {count} nodes of {pool} ({strategy})").format(count=count, pool=pool, strategy=strategy)


def _pods_text(names: list[str]) -> str:
    if not names:
        return _("no running pods move")
    name, count, listed = names[0], len(names), _some(names)
    if count == 1:
        return _("1 running pod moves ({name})").format(name=name)
    return _("{count} running pods move ({listed})").format(count=count, listed=listed)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return (
        shown if len(names) <= _SHOWN else _("{shown} and {count} more").format(shown=shown, count=len(names) - _SHOWN)
    )
