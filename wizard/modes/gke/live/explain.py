"""Why a hop on GKE failed, and what to do: our words, found by the cloud's words and by what is known of the setup."""

from dataclasses import dataclass, field

from wizard.chain.hop import Outcome
from wizard.chain.rule import Explanation, first
from wizard.chain.target import missing_roles
from wizard.clouds import clusters
from wizard.federation import gke
from wizard.federation.principals import admits, principal
from wizard.modes.gke.live.account import AccountFacts
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.near_miss import NearMiss, Wanted, near_miss
from wizard.modes.gke.live.reasons import RULES


@dataclass(frozen=True)
class GkeKnown:
    """What the test has learned so far; `hint` is what the session with the cloud says of the failed call."""

    test: GkeTest
    cluster: ClusterFacts = field(default_factory=ClusterFacts)
    account: AccountFacts = field(default_factory=AccountFacts)
    hint: str = ""

    @property
    def pool(self) -> str:
        """The workload identity pool: the cluster's own, before that is known the one that it should have."""
        return self.cluster.workload_pool or gke.workload_pool(self.test.cluster.project)

    @property
    def acts_as(self) -> str | None:
        """The GSA that the workload acts as, annotated or wanted."""
        return self.account.acts_as or self.test.google_service_account

    @property
    def iam_member(self) -> str:
        """The workload as the policy of a GSA names it."""
        return f"serviceAccount:{self.pool}[{self.test.namespace}/{self.test.service_account}]"

    @property
    def member(self) -> str:
        """The workload as the policy of a target names it."""
        return principal(self.test.identity(self.pool).pool, self.test.subject)

    def needed_at(self, outcome: Outcome) -> str:
        """The hop whose grants a refusal is about: inside a pod the metadata server impersonates."""
        if outcome.hop.id != "pod":
            return outcome.hop.id
        return "impersonation" if outcome.refusal and "IAM returned" in outcome.refusal.message else "permission"

    def members(self, outcome: Outcome) -> tuple[str, ...] | None:
        """Who holds what was refused, where that is known: a GSA that the setup does not name was not looked at."""
        needed_at = self.needed_at(outcome)
        if needed_at == "impersonation" and self.acts_as != self.test.google_service_account:
            return None
        return self.test.members.get(needed_at)

    def near(self, outcome: Outcome) -> NearMiss | None:
        """A member that was meant for this workload and misses it; none where a GSA is to hold the role."""
        if self.needed_at(outcome) == "permission" and self.acts_as:
            return None
        test = self.test
        wanted = Wanted(test.project_number, self.pool, test.namespace, test.service_account)
        return near_miss(self.members(outcome) or (), wanted)


def explain(outcome: Outcome, known: GkeKnown) -> Explanation | None:
    """The first rule that fits the failed outcome; None when no rule knows it: then the cloud's words must do."""
    return first(RULES, outcome, _facts(outcome, known), _fields(outcome, known))


def _facts(outcome: Outcome, known: GkeKnown) -> frozenset[str]:
    """What is so, beside the words: the names that rules ask for."""
    test, near, members = known.test, known.near(outcome), known.members(outcome)
    annotated = known.account.acts_as
    identity = test.identity(known.pool)
    is_so = {
        "impersonating": known.acts_as is not None,
        "leftover annotation": annotated is not None and test.google_service_account is None,
        "other annotation": None not in (annotated, test.google_service_account)
        and annotated != test.google_service_account,
        "nobody bound": members == (),
        "bound": members is not None and any(admits(each, identity) for each in members),
        "private endpoint": clusters.is_private(dict(known.cluster.found)),
        f"near {near.part}" if near else "": near is not None,
        "near project id": near is not None and near.by_id,
    }
    return frozenset(name for name, so in is_so.items() if so)


def _fields(outcome: Outcome, known: GkeKnown) -> dict[str, str]:
    """What the sentences name."""
    test, near = known.test, known.near(outcome)
    address, port = known.cluster.metadata_address
    impersonation = known.needed_at(outcome) == "impersonation"
    return {
        "cluster": test.cluster.cluster,
        "location": test.cluster.location,
        "project": test.cluster.project,
        "pool": known.pool,
        "own_pool": gke.workload_pool(test.cluster.project),
        "ksa": test.title,
        "namespace": test.namespace,
        "account": test.service_account,
        "service_account": known.acts_as or "the service account",
        "wanted": test.google_service_account or "direct access",
        "member": known.member,
        "iam_member": known.iam_member,
        "right": known.iam_member if impersonation else known.member,
        "near": near.member if near else "",
        "missing": missing_roles(outcome, test.targets),
        "metadata_address": f"{address}:{port}",
        "patience": f"{test.limits.metadata_server:g}",
        "image": test.image,
        "hint": known.hint or "compare with the setup",
    }
