"""The live test of workloads on GKE: from here, and in one-off pods."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from wizard.chain.one_off_pod import PodLeft
from wizard.chain.pod_manifest import IMAGE, PodOptions, Wanted, by_hand
from wizard.chain.project_policy import Names, is_account
from wizard.chain.recent_grants import RecentGrant
from wizard.chain.recorded import Recording, asked
from wizard.chain.target import Target, as_tested, bigquery_project, product_hosts
from wizard.clouds.reading import ReadingClouds
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.engine.resource import Refused
from wizard.federation.gke import NODE_SELECTOR
from wizard.federation.principals import principal
from wizard.language import _
from wizard.modes import live_facts
from wizard.modes.audit_log import AuditLog
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.live import walk
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.reads import AT_ONCE
from wizard.modes.gke.model import GkeProbe, GkeSetup, Workload
from wizard.modes.live_facts import Policies
from wizard.modes.live_targets import TargetReader
from wizard.modes.opened import Consent, Listener, Outcomes
from wizard.setup.problems import BadInput

_SEVERAL = (
    "the probe script tests one workload, but the setup has {count} workloads: copy the setup to another file, and "
    "keep only the workload to test"
)

_ONE_POD = (
    "The test starts a pod in the cluster {cluster}, with the workload's Kubernetes service account:\n{titles}\n\n"
    "The pod requests a token with the workload's identity, and tests the permissions of the granted roles. The pod "
    "runs the image {image} without privileges, and ends within a few minutes. The test removes the pod at the end. "
    "Running workloads do not change."
)
_PODS = (
    "The test starts a pod in the cluster {cluster} for each of these workloads, with the workload's Kubernetes "
    "service account:\n{titles}\n\nEach pod requests a token with the workload's identity, and tests the permissions "
    "of the granted roles. The pods run the image {image} without privileges, and end within a few minutes. The test "
    "removes the pods at the end. Running workloads do not change."
)
TITLE = "GKE cluster {cluster}, {workload}"
"""The title of a workload in the output of a probe that people run: always in English, as it is compared."""
_JOB_NAME = "wif-probe-{account}"
_JOB_SECONDS = 300
"""For how many seconds a job that people run can run, and can wait for a node before."""
_LONGEST_NAME = 63
"""The longest name of a job, in characters: it is a label of its pods."""


def run(
    blueprint: GkeBlueprint, clouds: Clouds, place: str, wait: float, listener: Listener, stop: threading.Event
) -> Outcomes:
    """Test every workload, and return the outcomes by title. With the place `task`, also run a one-off pod for each.

    Raises what `listener.agree` raises, BadInput, CloudError, Refused, and Stopped once `stop` is set.
    """
    if place == "inside":
        raise BadInput(
            _("on GKE the test runs from this machine, or in a one-off pod: add --from here, or --from task")
        )
    if place == "task":
        listener.agree(_consent(blueprint.setup))
    return _run(_tests(blueprint, clouds, wait, in_pod=place == "task"), clouds, listener, stop)


def judge(blueprint: GkeBlueprint, clouds: Clouds, recording: Recording, wait: float, listener: Listener) -> Outcomes:
    """Test the only workload of a setup, whose pod ran a printed probe. Raises BadInput, CloudError."""
    _check_single(blueprint.setup)
    (test,) = _tests(blueprint, clouds, wait, in_pod=False)
    test = replace(test, recording=recording, targets=as_tested(test.targets, asked(recording.records)))
    return _run([test], clouds, listener, threading.Event())


def printed_request(blueprint: GkeBlueprint, clouds: Clouds, title: str) -> dict[str, Any]:
    """Return the request for a probe that is copied to a pod of the setup's only workload. Raises BadInput."""
    _check_single(blueprint.setup)
    (test,) = _tests(blueprint, clouds, 0.0, in_pod=False)
    return _request(blueprint, test, title)


def _request(blueprint: GkeBlueprint, test: GkeTest, title: str) -> dict[str, Any]:
    pool = blueprint.pool.pool
    own = [pool, principal(test.identity(pool).pool, test.subject)]
    return {
        "form": "gke",
        "identities": [test.google_service_account] if test.google_service_account else own,
        "metadata_patience": test.limits.metadata_server,
        "network": {"hosts": product_hosts(test.targets)},
        "header": {"workload": title},
        **test.target_request(),
    }


def jobs(blueprint: GkeBlueprint, clouds: Clouds) -> list[dict[str, Any]]:
    """Return the manifest of a job for each workload, which runs the probe with its account. Raises CloudError."""
    found = []
    # Autopilot refuses the node selector. A setup of an Autopilot cluster names no node pools.
    selection = {"nodeSelector": dict(NODE_SELECTOR)} if blueprint.setup.gke.node_pools else {}
    for test in _tests(blueprint, clouds, 0.0, in_pod=False):
        wanted = Wanted(
            test.namespace,
            test.service_account,
            test.image,
            _request(blueprint, test, TITLE.format(cluster=blueprint.setup.gke.cluster, workload=test.title)),
            deadline=_JOB_SECONDS,
            patience=_JOB_SECONDS,
            selection=selection,
            options=test.pod_options,
        )
        found.append(by_hand(wanted, _JOB_NAME.format(account=test.service_account)[:_LONGEST_NAME].rstrip("-.")))
    return found


def _check_single(setup: GkeSetup) -> None:
    if len(setup.workloads) != 1:
        raise BadInput(_(_SEVERAL).format(count=len(setup.workloads)))


def _run(tests: list[GkeTest], clouds: Clouds, listener: Listener, stop: threading.Event) -> Outcomes:
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
    cluster, image = setup.gke.cluster, setup.probe.image or IMAGE
    titles = "\n".join(f"  {workload.title}" for workload in setup.workloads)
    declined = _("The wizard did not start a pod, and did not run the test.")
    instead = _("To test everything except the node, add --from here.")
    if len(setup.workloads) == 1:
        return Consent(
            _("Start a one-off pod for this test?"),
            _(_ONE_POD).format(cluster=cluster, titles=titles, image=image),
            _("Start and remove the pod"),
            declined,
            instead=instead,
        )
    return Consent(
        _("Start one-off pods for this test?"),
        _(_PODS).format(cluster=cluster, titles=titles, image=image),
        _("Start and remove the pods"),
        declined,
        instead=instead,
    )


def _tests(blueprint: GkeBlueprint, clouds: Clouds, wait: float, in_pod: bool) -> list[GkeTest]:
    """Return a test for each workload, with everything that the operator can read about it."""
    grants = tuple(live_facts.recent_grants(blueprint.resources("google")))
    audit = AuditLog(clouds)
    workloads, reading = blueprint.setup.workloads, ReadingClouds(clouds)
    reader = TargetReader(reading)
    for workload in workloads:
        email = blueprint.setup.service_account_email(workload)
        if email:
            reading.google_iam.announce(blueprint.setup.service_account_project(workload), email)
    with Readers(AT_ONCE) as readers:
        policies = readers.map(lambda workload: _policies(blueprint, reading, reader, workload), workloads)
        targets = list(readers.map(lambda workload: _targets(blueprint, reader, workload), workloads))
    read = zip(workloads, policies, targets, strict=True)
    return [_test(blueprint, clouds, workload, held, on, grants, audit, wait, in_pod) for workload, held, on in read]


def _pod_options(probe: GkeProbe) -> PodOptions:
    resources = probe.resources
    return PodOptions(probe.labels, resources.requests, resources.limits, probe.security_context, probe.priority_class)


def _policies(blueprint: GkeBlueprint, clouds: Clouds, reader: TargetReader, workload: Workload) -> Policies:
    setup = blueprint.setup
    email, home = setup.service_account_email(workload), setup.service_account_project(workload)
    return live_facts.policies(clouds, reader, blueprint.roles(workload), email, home)


def _targets(blueprint: GkeBlueprint, reader: TargetReader, workload: Workload) -> tuple[Target, ...]:
    return reader.targets(blueprint.roles(workload), _may_be(blueprint, workload))


def _may_be(blueprint: GkeBlueprint, workload: Workload) -> Names:
    """Return whether a member may be the workload: its service account, or any member of the cluster's pool."""
    email, pool = blueprint.setup.service_account_email(workload), blueprint.pool.pool

    def may_be(member: str) -> bool:
        return is_account(member, email) if email else member == "allUsers" or pool in member

    return may_be


def _test(
    blueprint: GkeBlueprint,
    clouds: Clouds,
    workload: Workload,
    policies: Policies,
    targets: tuple[Target, ...],
    grants: tuple[RecentGrant, ...],
    audit: AuditLog,
    wait: float,
    in_pod: bool,
) -> GkeTest:
    setup = blueprint.setup
    return GkeTest(
        cluster=setup.cluster_name,
        project_number=blueprint.pool.project_number,
        namespace=workload.namespace,
        service_account=workload.service_account,
        google_service_account=setup.service_account_email(workload),
        node_pools=setup.gke.node_pools,
        targets=targets,
        bigquery_project=bigquery_project(targets),
        grants=grants,
        audit=audit,
        members=policies.members,
        held=policies.held,
        account_disabled=policies.account_disabled,
        on_account=policies.on_account,
        endpoints=live_facts.endpoints_of(clouds),
        deadline=wait,
        image=setup.probe.image or IMAGE,
        pod_options=_pod_options(setup.probe),
        in_pod=in_pod,
    )
