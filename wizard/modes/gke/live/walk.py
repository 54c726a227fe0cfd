"""The live token test on GKE: the cluster, its node pools, the KSA's token and its way, and at last a pod."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from wizard.chain import probing
from wizard.chain.child import Stopped
from wizard.chain.environment import without_identity
from wizard.chain.hop import IMPERSONATION, Hop, Outcome, Progress, Refusal
from wizard.chain.report import Report, nothing, utc_now
from wizard.chain.rule import first
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.patience import Time
from wizard.modes.gke.live import account as gke_account
from wizard.modes.gke.live import cluster as gke_cluster
from wizard.modes.gke.live import hops
from wizard.modes.gke.live import pod_hop as gke_pod
from wizard.modes.gke.live import sameness as gke_sameness
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.known import GkeKnown
from wizard.modes.gke.live.pod import PodLeft
from wizard.modes.gke.live.reasons import RULES

_JWT = "urn:ietf:params:oauth:token-type:jwt"


@dataclass
class GkeChain:
    """One test of one workload under way: `on_outcome` gets each hop as it happens, `on_event` what is waited for.

    Setting `stop` ends it at once: `run` raises Stopped.
    """

    test: GkeTest
    clouds: Clouds
    on_outcome: Callable[[Outcome], None] = nothing
    on_event: Callable[[Progress], None] = nothing
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    known: GkeKnown = field(init=False)
    report: Report = field(init=False)

    def __post_init__(self) -> None:
        """Start with what the test itself says."""
        self.known = GkeKnown(self.test)
        self.report = Report(lambda outcome: first(RULES, outcome, self.known.facts(outcome)), self.on_outcome)

    @property
    def kubernetes(self) -> Kubernetes:
        """The cluster's Kubernetes API, as the operator."""
        return self.clouds.kubernetes(self.test.cluster)

    def run(self) -> list[Outcome]:
        """Take every hop; the outcomes in their order. Nothing is raised for a hop that fails.

        Raises Stopped, and PodLeft when it was stopped and the one-off pod could not be removed.
        """
        for step in (self._cluster, self._node_pools, self._account, self._from_here, self._pod):
            if failed := self.report.failed():
                self.report.skip(hops.HOPS, failed.hop)
                break
            if self.stop is not None and self.stop.is_set():
                raise Stopped
            step()
        return self.report.outcomes

    def _cluster(self) -> None:
        def look() -> Outcome:
            outcome, facts = gke_cluster.cluster(self.test, self.clouds)
            self.known = replace(self.known, cluster=facts)
            return outcome

        self._take(hops.CLUSTER, look)

    def _node_pools(self) -> None:
        self._take(hops.NODE_POOLS, lambda: gke_cluster.node_pools(self.test, self.known.cluster))

    def _account(self) -> None:
        def look() -> Outcome:
            outcome, facts = gke_account.account(self.test, self.kubernetes, self.known.pool)
            self.known = replace(self.known, account=facts)
            same = gke_sameness.same_identity(self.test, self.known.pool, self.clouds)
            return replace(outcome, evidence=(*outcome.evidence, *same))

        self._take(hops.KSA_TOKEN, look)

    def _from_here(self) -> None:
        """Exchange the KSA's token here, as the metadata server does it there."""
        environment = without_identity(self.clouds.environ)
        probing.walk(self._request(), environment, hops.FROM_HERE, self.report, self._said, self.stop)

    def _request(self) -> dict[str, Any]:
        endpoints, acts_as = self.test.endpoints, self.known.account.acts_as
        config: dict[str, Any] = {
            "audience": f"identitynamespace:{self.known.pool}:{self.test.cluster.issuer}",
            "subject_token_type": _JWT,
            "token_url": endpoints.get("sts", "https://sts.googleapis.com").rstrip("/") + "/v1/token",
        }
        if acts_as:
            base = endpoints.get("iamcredentials", "https://iamcredentials.googleapis.com").rstrip("/")
            path = f"/v1/projects/-/serviceAccounts/{acts_as}:generateAccessToken"
            config["service_account_impersonation_url"] = base + path
        return {
            "form": "token",
            "config": config,
            "subject_token": self.known.account.token.reveal() if self.known.account.token else "",
            "settle": self.test.settle(self.now()),
            **self.test.target_request(),
        }

    def _said(self, said: Outcome | Progress) -> None:
        if not isinstance(said, Outcome):
            self.on_event(said)
            return
        acts_as, wanted = self.known.account.acts_as, self.test.google_service_account
        if said.hop == IMPERSONATION and said.status == "ok" and acts_as != wanted:
            words = f"the setup wants {wanted or 'direct access'}, but the KSA is annotated, and acts, as {acts_as}"
            said = said.unsure(words, "wif-wizard apply corrects the annotation")
        self.report.add(said)

    def _pod(self) -> None:
        if not self.test.in_pod:
            reason = "not asked for: tested from here only"
            self.report.add(Outcome(hops.POD, "skipped", (reason,), reason))
            return
        known = self.known
        walk = gke_pod.PodHop(
            self.test, known.cluster, known.account, self.kubernetes, self.on_event, self.now, self.time, self.stop
        )
        self._take(hops.POD, walk.run)

    def _take(self, where: Hop, step: Callable[[], Outcome]) -> None:
        """One hop; a cloud's refusal is its outcome."""
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
    """Test one workload and give the outcomes in order; the callbacks are called while it goes on.

    A refusal that a grant younger than the deadline would explain is tried again, and told through `on_event`. Raises
    Stopped as soon as `stop` is set, and PodLeft when the one-off pod could not be removed then.
    """
    return GkeChain(test, clouds, on_outcome, on_event, stop=stop).run()


def run_all(
    tests: Sequence[GkeTest],
    clouds: Clouds,
    on_outcome: Callable[[GkeTest, Outcome], None],
    on_event: Callable[[GkeTest, Progress], None],
    stop: threading.Event | None = None,
) -> Mapping[str, list[Outcome]]:
    """Test several workloads side by side; their outcomes by the workloads' titles.

    The callbacks are told which test it is about, and called one at a time. When one walk raises, the others are
    stopped, by setting `stop`, and its exception is raised when all have tidied up.
    """
    stop, turn = stop or threading.Event(), threading.Lock()

    def walk(test: GkeTest) -> list[Outcome]:
        def told(outcome: Outcome) -> None:
            with turn:
                on_outcome(test, outcome)

        def waits(event: Progress) -> None:
            with turn:
                on_event(test, event)

        return run(test, clouds, told, waits, stop)

    with ThreadPoolExecutor(max_workers=max(len(tests), 1)) as walkers:
        walks = {test.title: walkers.submit(walk, test) for test in tests}
        try:
            wait(walks.values(), return_when=FIRST_EXCEPTION)
        finally:
            if not all(each.done() for each in walks.values()):
                stop.set()
    raised = [error for each in walks.values() if (error := each.exception())]
    if raised:
        raise next((error for error in raised if not isinstance(error, Stopped)), raised[0])
    return {title: each.result() for title, each in walks.items()}


def _interrupted(error: BaseException) -> bool:
    """Whether an error came up while tidying up after an interrupt, which it must not hide."""
    context = error.__context__
    return context is not None and (isinstance(context, KeyboardInterrupt | Stopped) or _interrupted(context))
