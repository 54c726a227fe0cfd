"""What a change of a node pool's metadata mode does to the nodes, and to the pods that run there, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wizard.engine.resource import State

SECONDS_PER_NODE = 600.0
"""How many seconds one node can take. Several are recreated at a time only if the pool's surge settings allow it."""

_SHOWN = 4
_DEFAULT_IDENTITY = "the Compute Engine default service account"

_LOSES = (
    "{owner} in namespace {namespace} (Kubernetes service account {account}) loses the access to Google Cloud that "
    "its pods have through their nodes' service account, {identity}"
)
_UNREAD_PODS = (
    "the wizard could not read the pods on {pool} ({reason}); all pods whose Kubernetes service account is not in "
    "this setup lose the access to Google Cloud that they have through their nodes' service account, {identity}"
)
_UNREAD_KIND = (
    "the wizard could not list the {kind}s of the cluster ({reason}); {kind}s that have no pod now, but can run on "
    "{pool}, lose the access to Google Cloud through the nodes' service account, {identity}"
)
_CHANGES = "pods of {accounts} stop acting as the nodes' service account, and use their own identity"
_LOSES_OWN = (
    "{owner} in namespace {namespace} loses the identity of its Kubernetes service account {account}: its pods on "
    "{pool} act as their nodes' service account again, {identity}"
)
_LOSE_OWN_UNREAD = (
    "the wizard could not read the pods on {pool} ({reason}); all pods whose Kubernetes service account is not in this "
    "setup lose the identity of that account, and act as their nodes' service account again, {identity}"
)
_LOSE_OWN_UNREAD_KIND = (
    "the wizard could not list the {kind}s of the cluster ({reason}); {kind}s that have no pod now, but can run on "
    "{pool}, lose the identity of their Kubernetes service accounts"
)
_ORDER = (
    "To keep all access, do not change {pool} yet. Add {accounts} to the workloads of the setup, with the roles "
    "that their pods use, and apply the setup: the wizard grants the roles before it recreates the nodes."
)
_ORDER_OF_DEFAULT = (
    "To keep all access, do not change {pool} yet. First, give the pods that use {accounts} their own Kubernetes "
    "service accounts. Then add the new accounts to the workloads of the setup, with the roles that the pods use, "
    "and apply the setup: the wizard grants the roles before it recreates the nodes."
)


def impact(pool: str, state: State, workloads: Iterable[str]) -> str:
    """Return the effect on nodes and pods. `workloads` (NAMESPACE/SERVICE ACCOUNT) get access in the same plan."""
    texts = [_nodes_text(pool, state)]
    pods = state.get("pods")
    texts.append("all pods on the nodes move" if pods is None else _pods_text(pods))
    changing = sorted(_accounts(state) & set(workloads))
    if changing:
        texts.append(_CHANGES.format(accounts=_some(changing)))
    return "; ".join(texts)


def losers(pool: str, state: State, workloads: Iterable[str]) -> list[str]:
    """Return who loses the nodes' identity, one line each. It names no pods and no numbers, which change all the time.

    Pods on the host's network keep the nodes' identity in any mode.
    """
    identity = _identity(state)
    if state.get("pods") is None:
        return [_UNREAD_PODS.format(pool=pool, reason=state.get("unread", {}).get("Pod"), identity=identity)]
    lines = [
        _LOSES.format(owner=user["owner"], namespace=user["namespace"], account=_account(user), identity=identity)
        for user in _others(state, workloads)
    ]
    unread = state.get("unread", {})
    return lines + [
        _UNREAD_KIND.format(kind=kind, reason=reason, pool=pool, identity=identity) for kind, reason in unread.items()
    ]


def revert_impact(pool: str, state: State) -> str:
    """Return the effect on nodes and pods when a node pool gets its former mode again."""
    pods = state.get("pods")
    moving = "all pods on the nodes move" if pods is None else _pods_text(pods)
    return f"{_nodes_text(pool, state)}; {moving}"


def revert_losers(pool: str, state: State, workloads: Iterable[str]) -> list[str]:
    """Return who loses an identity of its own when a node pool gets its former mode again, one line each.

    `workloads` are the accounts whose access the run itself gave.
    """
    identity = _identity(state)
    if state.get("pods") is None:
        return [_LOSE_OWN_UNREAD.format(pool=pool, reason=state.get("unread", {}).get("Pod"), identity=identity)]
    lines = []
    for user in _others(state, workloads):
        words = {"owner": user["owner"], "namespace": user["namespace"], "account": _account(user)}
        lines.append(_LOSES_OWN.format(pool=pool, identity=identity, **words))
    unread = state.get("unread", {})
    lines += [_LOSE_OWN_UNREAD_KIND.format(kind=kind, reason=reason, pool=pool) for kind, reason in unread.items()]
    return lines


def notes(pool: str, state: State, workloads: Iterable[str]) -> Iterator[str]:
    """Yield the order of changes in which nobody loses anything."""
    others = sorted({_account(user) for user in _others(state, workloads)})
    shared = [account for account in others if account.endswith("/default")]
    own = [account for account in others if account not in shared]
    if own:
        yield _ORDER.format(pool=pool, accounts=", ".join(own))
    if shared:
        yield _ORDER_OF_DEFAULT.format(pool=pool, accounts=", ".join(shared))


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
    return _DEFAULT_IDENTITY if identity == "default" else identity


def _nodes_text(pool: str, state: State) -> str:
    count, strategy = state.get("nodes"), state.get("strategy", "surge unknown")
    unavailable = state.get("unavailable")
    if unavailable:
        strategy = f"{strategy}, at most {unavailable} unavailable at a time"
    if not count:
        return f"recreates all nodes of {pool} ({strategy})"
    if count == 1:
        return f"recreates 1 node of {pool} ({strategy})"
    return f"recreates {count} nodes of {pool} ({strategy})"


def _pods_text(names: list[str]) -> str:
    if not names:
        return "no running pods move"
    name, count, listed = names[0], len(names), _some(names)
    if count == 1:
        return f"1 running pod moves ({name})"
    return f"{count} running pods move ({listed})"


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
