"""The live token test of workloads on GKE: from here, and in one-off pods."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from wizard.chain.hop import Outcome, Progress
from wizard.chain.recent_grants import RecentGrant
from wizard.chain.signatures import signatures
from wizard.chain.target import Target
from wizard.commands import exits
from wizard.commands.hop_text import hop_lines
from wizard.engine.resource import Refused
from wizard.modes.aws.live import told as live_test
from wizard.modes.gke.live import walk as gke
from wizard.modes.gke.live.facts import IMAGE, GkeTest
from wizard.modes.gke.live.pod import PodLeft
from wizard.modes.gke.model import Workload
from wizard.work.opened import GkeOpened

Outcomes = dict[str, list[Outcome]]
"""The title of a workload -> its hops."""


def tests_of(opened: GkeOpened, wait: float, in_pod: bool) -> list[GkeTest]:
    """A test for each workload, with everything that the operator can read about it."""
    grants = tuple(live_test.young_grants(opened))
    with ThreadPoolExecutor() as readers:
        members = list(readers.map(lambda each: _members(opened, each), opened.setup.workloads))
    return [
        _test(opened, each, who, grants, wait, in_pod)
        for each, who in zip(opened.setup.workloads, members, strict=True)
    ]


def run(opened: GkeOpened, place: str, wait: float, say: Callable[[str], None], consent: bool) -> Outcomes:
    """Test every workload and say each hop; `task` also starts a one-off pod for each. Raises BadInput, Refused."""
    if place == "inside":
        raise exits.BadInput("on GKE the test runs from here, or in a one-off pod: --from here, or --from task")
    tests = tests_of(opened, wait, in_pod=place == "task")
    if place == "task":
        _ask(tests, say, consent)
    try:
        return carry_out(opened, tests, *_said(tests, say))
    except PodLeft as left:
        raise Refused(str(left)) from left


def carry_out(
    opened: GkeOpened,
    tests: list[GkeTest],
    on_outcome: Callable[[GkeTest, Outcome], None],
    on_event: Callable[[GkeTest, Progress], None],
    stop: threading.Event | None = None,
) -> Outcomes:
    """Walk the chains side by side; the callbacks hear of each hop as it happens. Raises Stopped and PodLeft."""
    return dict(gke.run_all(tests, opened.clouds, on_outcome, on_event, stop))


def _members(opened: GkeOpened, workload: Workload) -> dict[str, tuple[str, ...]]:
    setup = opened.setup
    email, home = setup.service_account_email(workload), setup.service_account_project(workload)
    return live_test.members(opened.clouds, opened.blueprint.roles(workload), email, home)


def _test(
    opened: GkeOpened,
    workload: Workload,
    members: dict[str, tuple[str, ...]],
    grants: tuple[RecentGrant, ...],
    wait: float,
    in_pod: bool,
) -> GkeTest:
    setup, roles = opened.setup, opened.blueprint.roles(workload)
    targets = tuple(Target(project, signatures(names)[0]) for project, names in roles.items())
    return GkeTest(
        cluster=setup.cluster_name,
        project_number=opened.blueprint.pool.project_number,
        namespace=workload.namespace,
        service_account=workload.service_account,
        google_service_account=setup.service_account_email(workload),
        node_pools=setup.gke.node_pools,
        targets=targets,
        bigquery_project=live_test.bigquery_project(targets),
        grants=grants,
        members=members,
        endpoints=live_test.endpoints_of(opened.clouds),
        deadline=wait,
        image=setup.probe.image or IMAGE,
        in_pod=in_pod,
    )


def _said(
    tests: list[GkeTest], say: Callable[[str], None]
) -> tuple[Callable[[GkeTest, Outcome], None], Callable[[GkeTest, Progress], None]]:
    """Callbacks that say each hop; with several workloads each line says whose it is."""

    def whose(test: GkeTest) -> str:
        return f"{test.title}  " if len(tests) > 1 else ""

    def on_outcome(test: GkeTest, outcome: Outcome) -> None:
        for line in hop_lines(outcome):
            say(whose(test) + line)

    def on_event(test: GkeTest, event: Progress) -> None:
        say(f"{whose(test)}…             {event.text}")

    return on_outcome, on_event


def _ask(tests: list[GkeTest], say: Callable[[str], None], consent: bool) -> None:
    pods = ", ".join(test.title for test in tests)
    say(f"For the test a one-off pod is started with the service account of {pods}, and removed at the end.")
    if consent:
        return
    if not sys.stdin.isatty():
        raise exits.BadInput("there is no terminal to ask on: add --yes to consent, or test --from here")
    if input("Start it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused("nothing was started, and nothing was tested")
