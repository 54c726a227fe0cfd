"""What a live test of a workload on GKE knows so far, and the facts that its rules use."""

from dataclasses import dataclass, field
from functools import partial

from wizard.chain.hop import IMPERSONATION, PERMISSION, Hop, Outcome
from wizard.chain.project_policy import Names, is_account
from wizard.chain.rule import Facts
from wizard.chain.target import holders_of_missing, is_stored, missing_roles
from wizard.clouds import clusters
from wizard.federation import annotation, gke
from wizard.federation.gke import ClusterName
from wizard.federation.principals import admits, principal
from wizard.language import _
from wizard.modes import live_grants
from wizard.modes.gke.live.account import AccountFacts
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import NODE_POOLS, POD
from wizard.modes.gke.live.near_miss import NearMiss, Part, Wanted, near_miss
from wizard.modes.live_grants import Conditional
from wizard.phrases import sentences
from wizard.resources.held import Held
from wizard.resources.node_pool import metadata_command


@dataclass(frozen=True, kw_only=True)
class GkeFacts(Facts):
    """The facts that the rules for GKE use, in their conditions and in their texts."""

    cluster: str
    location: str
    project: str
    context: str
    """The context of the cluster in a kubeconfig, as gcloud writes it."""
    node_pool_fix: str
    """The command that gives the GKE metadata server to the node pools that do not have it."""
    private_endpoint: bool
    """Whether the cluster's control plane can be reached only from its network."""
    pool: str
    """The cluster's workload identity pool."""
    project_pool: str
    """The workload identity pool that a cluster of the project can have."""
    ksa: str
    """The KSA, as NAMESPACE/NAME."""
    ksa_name: str
    namespace: str
    wanted_access: str
    """The email of the GSA that the workload should act as, or `direct access`."""
    annotation_problem: str
    """Why the KSA's annotation is not an email; empty if it is one, or if there is no annotation."""
    leftover_annotation: bool
    """Whether the KSA is annotated although the setup wants direct access."""
    other_annotation: bool
    """Whether the KSA is annotated with another GSA than the setup wants."""
    iam_member: str
    """The member for the workload in the policy of a GSA."""
    grantee: str
    """The member for the workload in the policy that refused it."""
    nobody_bound: bool
    """Whether it is known that nobody has the role that the hop needs."""
    bound: bool
    """Whether it is known that the workload has it."""
    near_member: str
    """A member that was meant for the workload, but is wrong in one part; empty if there is none."""
    near_part: Part | None
    """The part of `near_member` that is wrong."""
    near_project_id: bool
    """Whether it has the project ID instead of the project number."""
    metadata_address: str
    """The metadata server, as address:port."""
    metadata_wait: str
    """How many seconds the test waited for the metadata server."""
    image: str
    """The image of the one-off pod."""
    remove: str
    """What to remove from the workload's controllers, so that its pods carry no key."""
    hint: str
    """The hint in the error of the failed call."""


@dataclass(frozen=True)
class GkeKnown:
    """What the test knows so far. `hint` is the hint in the error of the failed call."""

    test: GkeTest
    cluster: ClusterFacts = field(default_factory=ClusterFacts)
    account: AccountFacts = field(default_factory=AccountFacts)
    hint: str = ""

    @property
    def pool(self) -> str:
        """The cluster's workload identity pool; before it is known, the only pool that the cluster can have."""
        return self.cluster.workload_pool or gke.workload_pool(self.test.cluster.project)

    def facts(self, outcome: Outcome) -> GkeFacts:
        """Return the facts for an outcome."""
        test, annotated = self.test, self.account.acts_as
        wanted = test.google_service_account
        identity = test.identity(self.pool, self.account.uid)
        hop = _needed_at(outcome)
        members = self._members(hop, outcome)
        missing = missing_roles(outcome)
        member = principal(identity.pool, test.subject)
        iam_member = f"serviceAccount:{self.pool}[{test.namespace}/{test.service_account}]"
        conditional = self._conditional(
            hop, iam_member if hop == IMPERSONATION else member, live_grants.missing_in(outcome)
        )
        stored = is_stored(outcome, test.targets, self.names)
        # A workload with a grant of its own was not forgotten: a similar member is another workload's.
        near = None if stored or conditional.cause else self._near(hop, outcome)
        address, port = self.cluster.metadata_address
        return GkeFacts(
            impersonating=self._acts_as is not None,
            service_account=self._acts_as or _("the service account"),
            member=member,
            missing=missing,
            conditional=conditional.cause,
            conditional_fix=conditional.fix,
            grant_fix=live_grants.granting(hop, outcome, iam_member if hop == IMPERSONATION else member, self._acts_as),
            node_pool_fix=_node_pool_fix(test.cluster, outcome),
            context=test.cluster.context,
            undecided=conditional.undecided,
            account_disabled=bool(test.account_disabled) and self._acts_as == wanted,
            other_role=self._other_role,
            stored=stored,
            cluster=test.cluster.cluster,
            location=test.cluster.location,
            project=test.cluster.project,
            private_endpoint=clusters.is_private(dict(self.cluster.found)),
            pool=self.pool,
            project_pool=gke.workload_pool(test.cluster.project),
            ksa=test.title,
            ksa_name=test.service_account,
            namespace=test.namespace,
            wanted_access=wanted or _("direct access"),
            annotation_problem=annotation.problem(annotated) if annotated else "",
            leftover_annotation=annotated is not None and wanted is None,
            other_annotation=None not in (annotated, wanted) and annotated != wanted,
            iam_member=iam_member,
            grantee=iam_member if hop == IMPERSONATION else member,
            nobody_bound=members == (),
            granted_to_itself=members == (f"serviceAccount:{self._acts_as}",),
            bound=any(admits(name, identity) for name in members or ()),
            near_member=near.member if near else "",
            near_part=near.part if near else None,
            near_project_id=near is not None and near.by_id,
            metadata_address=f"{address}:{port}",
            metadata_wait=f"{test.limits.metadata_server:g}",
            image=test.image,
            remove=sentences(outcome.received.get("remove", ())),
            hint=self.hint or _("compare these values with the setup"),
        )

    def conditions(self, hop: Hop) -> list[Held]:
        """Return the grants, whose conditions hold now, through which alone the workload has what a hop needs."""
        return live_grants.under_conditions(self._held(hop), partial(self.is_holder, hop), hop)

    def _conditional(self, hop: Hop, member: str, missing: list[live_grants.Pair] | None) -> Conditional:
        """Return what is granted under a condition. `member` stands for the workload in the policy of the hop."""
        is_holder = partial(self.is_holder, hop)
        if hop == IMPERSONATION:
            return live_grants.conditional(self._held(hop), is_holder, member)
        holder = f"serviceAccount:{self._acts_as}" if self._acts_as else member
        return live_grants.conditional(self._held(hop), is_holder, holder, missing)

    @property
    def _other_role(self) -> str:
        """A role on the GSA that does not permit impersonation; empty for a GSA that the setup does not name."""
        if self._acts_as != self.test.google_service_account:
            return ""
        return live_grants.role_of(self.test.on_account, partial(self.is_holder, IMPERSONATION))

    def _held(self, hop: Hop) -> tuple[Held, ...]:
        """Return the grants that a hop needs; none for a GSA that the setup does not name."""
        if hop == IMPERSONATION and self._acts_as != self.test.google_service_account:
            return ()
        return self.test.held.get(hop.id, ())

    def is_holder(self, hop: Hop, member: str) -> bool:
        """Return whether a member stands for the identity that needs the grants of a hop."""
        if hop == PERMISSION and self._acts_as:
            return is_account(member, self._acts_as)
        return admits(member, self.test.identity(self.pool, self.account.uid))

    @property
    def _acts_as(self) -> str | None:
        """The GSA in the KSA's annotation, or else in the setup; None if neither has one."""
        return self.account.acts_as or self.test.google_service_account

    @property
    def names(self) -> Names:
        """Whether a member of a policy is who uses the target: the GSA, or else the workload."""
        account = self._acts_as
        if account:
            return lambda member: is_account(member, account)
        identity = self.test.identity(self.pool, self.account.uid)
        return lambda member: admits(member, identity)

    def _members(self, hop: Hop, outcome: Outcome) -> tuple[str, ...] | None:
        """Return who has the role that a hop needs; None if not known, as for a GSA that the setup does not name."""
        missing = holders_of_missing(outcome, self.test.targets)
        if missing is not None:
            return missing
        if hop == IMPERSONATION and self._acts_as != self.test.google_service_account:
            return None
        return self.test.members.get(hop.id)

    def _near(self, hop: Hop, outcome: Outcome) -> NearMiss | None:
        """Return a member that was meant for this workload; None if there is none, or if the GSA needs the role."""
        if hop == PERMISSION and self._acts_as:
            return None
        test = self.test
        wanted = Wanted(test.project_number, self.pool, test.namespace, test.service_account)
        return near_miss(self._members(hop, outcome) or (), wanted)


def _node_pool_fix(cluster: ClusterName, outcome: Outcome) -> str:
    if outcome.refusal is None or outcome.hop != NODE_POOLS:
        return ""
    return live_grants.ALL.join(metadata_command(cluster, pool) for pool in outcome.refusal.message.split(", "))


def _needed_at(outcome: Outcome) -> Hop:
    """Return the hop whose grants a refusal is about. In a pod, the metadata server impersonates the GSA."""
    if outcome.hop != POD:
        return outcome.hop
    impersonates = outcome.refusal is not None and "IAM returned" in outcome.refusal.message
    return IMPERSONATION if impersonates else PERMISSION
