"""The live test of workloads on GKE: from here, and in one-off pods."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from wizard.chain.recent_grants import RecentGrant
from wizard.chain.signatures import signatures
from wizard.chain.target import Target
from wizard.clouds.session import Clouds
from wizard.engine.resource import Refused
from wizard.modes import live_facts
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.live import walk
from wizard.modes.gke.live.facts import IMAGE, GkeTest
from wizard.modes.gke.live.pod import PodLeft
from wizard.modes.gke.model import GkeSetup, Workload
from wizard.modes.opened import Consent, Listener, Outcomes
from wizard.setup.problems import BadInput


def run(
    blueprint: GkeBlueprint, clouds: Clouds, place: str, wait: float, listener: Listener, stop: threading.Event
) -> Outcomes:
    """Test every workload, by its title; with the place `task` also in a one-off pod for each.

    Raises what `listener.agree` raises, BadInput, CloudError, Refused, and Stopped once `stop` is set.
    """
    if place == "inside":
        raise BadInput("on GKE the test runs from here, or in a one-off pod: add --from here, or --from task")
    if place == "task":
        listener.agree(_consent(blueprint.setup))
    tests = _tests(blueprint, clouds, wait, in_pod=place == "task")
    try:
        return dict(
            walk.run_all(
                tests,
                clouds,
                lambda test, outcome: listener.on_outcome(test.title, outcome),
                lambda test, progress: listener.on_progress(test.title, progress),
                stop,
            )
        )
    except PodLeft as left:
        raise Refused(str(left)) from left


def _consent(setup: GkeSetup) -> Consent:
    many = len(setup.workloads) > 1
    listed = "\n".join(f"  {each.title}" for each in setup.workloads)
    pods = "For each of these workloads, the test starts a pod" if many else "The test starts a pod"
    return Consent(
        "Start one-off pods for this test?" if many else "Start a one-off pod for this test?",
        f"{pods} in {setup.gke.cluster}, with the workload's Kubernetes service account. It asks for a token as the "
        f"workload does, and tests the permissions that were granted:\n{listed}\n\n"
        f"It runs {setup.probe.image or IMAGE}, without any privilege, ends by itself after some minutes at the "
        "latest, and is removed at the end. Nothing that runs now is changed.",
        "Start and remove them" if many else "Start and remove it",
        "No pod was started, and nothing was tested. Without a pod, everything but the node's part can be tested from "
        "here.",
    )


def _tests(blueprint: GkeBlueprint, clouds: Clouds, wait: float, in_pod: bool) -> list[GkeTest]:
    """A test for each workload, with everything that the operator can read about it."""
    grants = tuple(live_facts.recent_grants(blueprint.resources("google")))
    workloads = blueprint.setup.workloads
    with ThreadPoolExecutor() as readers:
        members = list(readers.map(lambda each: _members(blueprint, clouds, each), workloads))
    return [
        _test(blueprint, clouds, each, who, grants, wait, in_pod) for each, who in zip(workloads, members, strict=True)
    ]


def _members(blueprint: GkeBlueprint, clouds: Clouds, workload: Workload) -> dict[str, tuple[str, ...]]:
    setup = blueprint.setup
    email, home = setup.service_account_email(workload), setup.service_account_project(workload)
    return live_facts.members(clouds, blueprint.roles(workload), email, home)


def _test(
    blueprint: GkeBlueprint,
    clouds: Clouds,
    workload: Workload,
    members: dict[str, tuple[str, ...]],
    grants: tuple[RecentGrant, ...],
    wait: float,
    in_pod: bool,
) -> GkeTest:
    setup, roles = blueprint.setup, blueprint.roles(workload)
    targets = tuple(Target(project, signatures(names)[0]) for project, names in roles.items())
    return GkeTest(
        cluster=setup.cluster_name,
        project_number=blueprint.pool.project_number,
        namespace=workload.namespace,
        service_account=workload.service_account,
        google_service_account=setup.service_account_email(workload),
        node_pools=setup.gke.node_pools,
        targets=targets,
        bigquery_project=live_facts.bigquery_project(targets),
        grants=grants,
        members=members,
        endpoints=live_facts.endpoints_of(clouds),
        deadline=wait,
        image=setup.probe.image or IMAGE,
        in_pod=in_pod,
    )
