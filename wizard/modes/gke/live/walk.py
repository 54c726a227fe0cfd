"""The live test of a workload on GKE: the cluster, node pools, the KSA's token, its exchange, and a pod."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from wizard.chain import probing
from wizard.chain.environment import without_identity
from wizard.chain.hop import IMPERSONATION, PERMISSION, Hop, Outcome, Progress, Refusal
from wizard.chain.one_off_pod import PodLeft
from wizard.chain.report import Report, nothing, utc_now
from wizard.chain.role_results import judged
from wizard.chain.rule import Explanation, first
from wizard.chain.slots import Stopped
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.patience import Time
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.modes import grant_ages, live_grants
from wizard.modes.gke.live import account as gke_account
from wizard.modes.gke.live import cluster as gke_cluster
from wizard.modes.gke.live import hops, own_key_hop
from wizard.modes.gke.live import pod_hop as gke_pod
from wizard.modes.gke.live import sameness as gke_sameness
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.known import GkeKnown
from wizard.modes.gke.live.placements import Placement, find_placements
from wizard.modes.gke.live.reads import AT_ONCE, ClusterReads
from wizard.modes.gke.live.reasons import RULES
from wizard.modes.gke.live.users import Users, find_users

_JWT = "urn:ietf:params:oauth:token-type:jwt"


@dataclass
class GkeChain:
    """One running test of one workload. `on_outcome` gets the outcome of each hop, `on_event` gets each wait.

    Once `stop` is set, `run` raises Stopped.
    """

    test: GkeTest
    reads: ClusterReads
    on_outcome: Callable[[Outcome], None] = nothing
    on_event: Callable[[Progress], None] = nothing
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    known: GkeKnown = field(init=False)
    report: Report = field(init=False)
    users: Users = field(default_factory=Users)
    placements: Sequence[Placement] = ()

    def __post_init__(self) -> None:
        """Create the report, whose causes come from the rules for GKE."""
        self.known = GkeKnown(self.test)
        self.report = Report(self._explain, self.on_outcome)

    def run(self) -> list[Outcome]:
        """Run every hop, and return the outcomes in their order. A failed hop is an outcome, not an exception.

        Raises Stopped, and PodLeft if it was stopped and the one-off pod could not be removed.
        """
        for step in (self._cluster, self._node_pools, self._account, self._from_here, self._own_key, self._pod):
            failed = self.report.failed(but=hops.OWN_KEY)  # what the pods carry says nothing about federation
            if failed:
                self.report.skip(hops.HOPS, failed.hop)
                break
            if self.stop is not None and self.stop.is_set():
                raise Stopped
            step()
        return self.report.outcomes

    def _cluster(self) -> None:
        def look() -> Outcome:
            outcome, facts = gke_cluster.cluster(self.test, self.reads)
            self.known = replace(self.known, cluster=facts)
            return outcome

        self._take(hops.CLUSTER, look)

    def _node_pools(self) -> None:
        def look() -> Outcome:
            test, facts = self.test, self.known.cluster
            self.users = find_users(self.reads, test.namespace, test.service_account)
            self.placements = find_placements(self.reads, facts, self.users, test.node_pools)
            return gke_cluster.node_pools(test, facts, self.placements)

        self._take(hops.NODE_POOLS, look)

    def _account(self) -> None:
        def look() -> Outcome:
            outcome, facts = gke_account.account(self.test, self.reads, self.known.pool)
            self.known = replace(self.known, account=facts)
            same = gke_sameness.same_identity(self.test, self.known.pool, self.reads)
            return replace(outcome, evidence=(*outcome.evidence, *same))

        self._take(hops.KSA_TOKEN, look)

    def _from_here(self) -> None:
        """Exchange the KSA's token on this machine, as the metadata server does in the cluster."""
        environment = without_identity(self.reads.clouds.environ)
        try:
            probing.run(self._request(), environment, hops.FROM_HERE, self.report, self._on_report, self.stop)
        except grant_ages.Settles as settles:
            self.test = replace(self.test, grants=(*self.test.grants, settles.grant))
            self.known = replace(self.known, test=self.test)
            self._from_here()

    def _request(self) -> dict[str, Any]:
        endpoints, acts_as = self.test.endpoints, self.known.account.acts_as
        config: dict[str, Any] = {
            "audience": f"identitynamespace:{self.known.pool}:{self.test.cluster.issuer}",
            "subject_token_type": _JWT,
            "token_url": endpoints.get("sts", "https://sts.googleapis.com").rstrip("/") + "/v1/token",
        }
        if acts_as:
            base = endpoints.get("iamcredentials", "https://iamcredentials.googleapis.com").rstrip("/")
            path = f"/v1/projects/-/serviceAccounts/{quote(acts_as, safe='@')}:generateAccessToken"
            config["service_account_impersonation_url"] = base + path
        return {
            "form": "token",
            "config": config,
            "subject_token": self.known.account.token.reveal() if self.known.account.token else "",
            "settle": self.test.settle(self.now()),
            **self.test.target_request(),
        }

    def _on_report(self, reported: Outcome | Progress) -> None:
        if not isinstance(reported, Outcome):
            self.on_event(reported)
            return
        if self.report.of(reported.hop):
            return
        acts_as, wanted = self.known.account.acts_as, self.test.google_service_account
        if reported.hop == IMPERSONATION and reported.status == "ok" and acts_as != wanted:
            access = wanted or _("direct access")
            words = _(
                "setup.yaml specifies {access}, but the annotation of the Kubernetes service account "
                "names {acts_as}, so the account acts as {acts_as}"
            ).format(access=access, acts_as=acts_as)
            reported = reported.as_not_proven(words, _("correct the annotation with wif-wizard apply"))
        if reported.hop == PERMISSION:
            reported = judged(reported, self.test.targets, self.known.names)
        reported = live_grants.with_conditions(reported, self.known.conditions(reported.hop))
        grant_ages.raise_if_settling(self.report, reported, self.test.grants, self.test.deadline, self.now())
        self.report.add(reported)

    def _own_key(self) -> None:
        self._take(hops.OWN_KEY, lambda: own_key_hop.own_key(self.test, self.reads, self.users))

    def _pod(self) -> None:
        known = self.known
        pod_hop = gke_pod.PodHop(
            self.test,
            known.cluster,
            known.account,
            self.reads,
            self.users,
            self.placements,
            known.names,
            self._explain,
            self.on_event,
            self.now,
            self.time,
            self.stop,
        )
        self._take(hops.POD, pod_hop.run)

    def _explain(self, outcome: Outcome) -> Explanation | None:
        """Return the cause and the fix of a failed outcome; of a placement, its pods are named first."""
        facts, test = self.known.facts(outcome), self.test
        found = first(RULES, outcome, facts)
        # The refusal in a recording is as old as the recording.
        audit = None if test.recording and outcome.hop == hops.POD else test.audit
        found = grant_ages.explained(found, outcome, facts, test.grants, audit, self.known.is_holder, self.now())
        placement = outcome.received.get("placement")
        if found and placement:
            return replace(found, cause=f"{placement}: {found.cause}")
        return found

    def _take(self, where: Hop, step: Callable[[], Outcome]) -> None:
        """Run one hop and report its outcome. An error of a cloud becomes a failed outcome."""
        started = self.time.clock()
        try:
            outcome = step()
        except CloudError as error:
            self.known = replace(self.known, hint=error.hint)
            outcome = replace(Outcome.of(where, (), Refusal(error.reason, error.message)), fix=error.hint or None)
        except PodLeft as left:
            if _interrupted(left):
                raise
            outcome = Outcome.of(where, (str(left),), Refusal("PodLeft", str(left)))
        self.report.add(replace(outcome, elapsed=self.time.clock() - started))


def run(
    test: GkeTest,
    clouds: Clouds,
    on_outcome: Callable[[Outcome], None] = nothing,
    on_event: Callable[[Progress], None] = nothing,
    stop: threading.Event | None = None,
) -> list[Outcome]:
    """Test one workload, and return the outcomes in order. The callbacks are called during the test.

    A refusal that a recent grant can explain is retried, and reported to `on_event`. Raises
    Stopped as soon as `stop` is set, and PodLeft if the one-off pod could not be removed then.
    """
    reads = ClusterReads(clouds, test.cluster, [(test.namespace, test.service_account)])
    return GkeChain(test, reads, on_outcome, on_event, stop=stop).run()


def run_all(
    tests: Sequence[GkeTest],
    clouds: Clouds,
    on_outcome: Callable[[GkeTest, Outcome], None],
    on_event: Callable[[GkeTest, Progress], None],
    stop: threading.Event | None = None,
) -> Mapping[str, list[Outcome]]:
    """Test several workloads of a cluster, AT_ONCE at a time, and return their outcomes by the workloads' titles.

    The callbacks also get the test, and are called one at a time. If one test raises an exception, `stop` is set to end
    the others, and the exception is raised once all have cleaned up.
    """
    stop, turn = stop or threading.Event(), threading.Lock()

    def run_one(test: GkeTest) -> list[Outcome]:
        def report_outcome(outcome: Outcome) -> None:
            with turn:
                on_outcome(test, outcome)

        def report_event(event: Progress) -> None:
            with turn:
                on_event(test, event)

        return GkeChain(test, shared[test.cluster], report_outcome, report_event, stop=stop).run()

    shared = {cluster: _reads(clouds, cluster, tests) for cluster in {test.cluster for test in tests}}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as executor:
        running = {test.title: executor.submit(run_one, test) for test in tests}
        try:
            wait(running.values(), return_when=FIRST_EXCEPTION)
        finally:
            if not all(future.done() for future in running.values()):
                stop.set()
    _raise_first(running.values())
    return {title: future.result() for title, future in running.items()}


def _reads(clouds: Clouds, cluster: ClusterName, tests: Sequence[GkeTest]) -> ClusterReads:
    accounts = [(test.namespace, test.service_account) for test in tests if test.cluster == cluster]
    return ClusterReads(clouds, cluster, accounts)


def _raise_first(ended: Iterable[Future[list[Outcome]]]) -> None:
    """Raise an exception of the tests if there is one; Stopped only if there is no other."""
    raised = [error for error in (future.exception() for future in ended) if error]
    others = [error for error in raised if not isinstance(error, Stopped)]
    for error in (*others, *raised):
        raise error


def _interrupted(error: BaseException) -> bool:
    """Return whether the error happened during the cleanup after an interrupt, which it must not hide."""
    context = error.__context__
    return context is not None and (isinstance(context, KeyboardInterrupt | Stopped) or _interrupted(context))
