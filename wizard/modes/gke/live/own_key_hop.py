"""The hop OWN_KEY: whether the workload's own pods carry a service account key, with which federation is not used."""

from __future__ import annotations

from wizard.chain.hop import Outcome, Refusal
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import OWN_KEY
from wizard.modes.gke.live.own_keys import find_keys
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import Users, not_all_read

_PERMISSIONS = {"Secret": "secrets", "ConfigMap": "configmaps"}


def own_key(test: GkeTest, reads: ClusterReads, users: Users) -> Outcome:
    """Return the outcome: failed with a key, not proven if something that can hold one cannot be read."""
    keys = find_keys(reads, test.namespace, users.found)
    if keys.found:
        received = {"remove": keys.fixes}
        evidence = (*keys.found, *keys.unknown)
        return Outcome.of(OWN_KEY, evidence, Refusal("OwnKey", "; ".join(keys.found)), {}, received)
    if keys.unknown:
        return Outcome.of(OWN_KEY, keys.unknown).as_not_proven("; ".join(keys.unknown), _fix(test, keys.forbidden))
    if users.unread:
        return Outcome.of(OWN_KEY, users.unread).as_not_proven(*not_all_read(test, users))
    if not users.found:
        reason = f"no workload in the namespace {test.namespace} uses {test.title} yet"
        return Outcome(OWN_KEY, "skipped", (reason,), reason)
    titles = ", ".join(user.title for user in users.found)
    return Outcome.of(OWN_KEY, [f"no service account key in the pods of {titles}"])


def _fix(test: GkeTest, forbidden: list[str]) -> str | None:
    if not forbidden:
        return (
            f"check the pods of {test.title}, and remove GOOGLE_APPLICATION_CREDENTIALS if the variable names "
            "a service account key"
        )
    resources = " and ".join(_PERMISSIONS[kind] for kind in forbidden)
    return f"ask for a Role in {test.namespace} that allows get on {resources}, and test again"
