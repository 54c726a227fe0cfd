"""The hop OWN_KEY: whether the workload's own pods carry a service account key, with which federation is not used."""

from __future__ import annotations

from wizard.chain.hop import Outcome, Refusal
from wizard.language import _
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import OWN_KEY
from wizard.modes.gke.live.own_keys import find_keys
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import Users, not_all_read
from wizard.phrases import all_of, sentences

_PERMISSIONS = {"Secret": "secrets", "ConfigMap": "configmaps"}


def own_key(test: GkeTest, reads: ClusterReads, users: Users) -> Outcome:
    """Return the outcome: failed with a key, not proven if something that can hold one cannot be read."""
    keys = find_keys(reads, test.namespace, users.found)
    if keys.found:
        received = {"remove": keys.fixes}
        evidence = (*keys.found, *keys.unknown)
        return Outcome.of(OWN_KEY, evidence, Refusal("OwnKey", sentences(keys.found)), {}, received)
    if keys.unknown:
        return Outcome.of(OWN_KEY, keys.unknown).as_not_proven(sentences(keys.unknown), _fix(test, keys.forbidden))
    if users.unread:
        return Outcome.of(OWN_KEY, users.unread).as_not_proven(*not_all_read(test, users))
    if not users.found:
        reason = _("no workload in the namespace {namespace} uses {title} yet").format(
            namespace=test.namespace, title=test.title
        )
        return Outcome(OWN_KEY, "skipped", (reason,), reason)
    titles = ", ".join(user.title for user in users.found)
    return Outcome.of(OWN_KEY, [_("the pods of {titles} have no service account key").format(titles=titles)])


def _fix(test: GkeTest, forbidden: list[str]) -> str | None:
    if not forbidden:
        return _(
            "check the pods of {title}, and remove GOOGLE_APPLICATION_CREDENTIALS if the variable points to a "
            "service account key"
        ).format(title=test.title)
    resources = all_of(_PERMISSIONS[kind] for kind in forbidden)
    return _(
        "ask for a Role that allows the verb get on {resources} in the namespace {namespace}, and test again"
    ).format(namespace=test.namespace, resources=resources)
