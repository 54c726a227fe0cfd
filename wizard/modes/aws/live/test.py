"""The live test of a workload on AWS: in the workload itself, or here, as the workload."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.recorded import Recording, asked
from wizard.chain.report import utc_now
from wizard.chain.slots import Stopped
from wizard.chain.target import as_tested
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live import places, prepare, walk
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.places import Place, WorkloadRole
from wizard.modes.aws.live.task import start
from wizard.modes.aws.live.trusted import NeedsTrust, NotRemoved, RootRefused, still_denied, trusted
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.opened import Consent, Listener

TRUST_DEADLINE = 60.0
"""How many seconds to wait for a changed trust policy to take effect: IAM is eventually consistent."""


def likely_place(environ: Mapping[str, str]) -> str:
    """Return "inside" if the environment has variables that only a runtime sets, else "here"."""
    names = {name for runtime in RUNTIMES.values() for name in runtime.variables}
    return "inside" if names & environ.keys() else "here"


def best_place(setup: AwsSetup, environ: Mapping[str, str]) -> str:
    """Return the place in which a test proves most: inside the workload, in its runtime if possible, or here."""
    if RUNTIMES[setup.aws.runtime].workload_identity == "service account":
        return "task"
    likely = likely_place(environ)
    return "task" if likely == "here" and start.is_first_choice(setup) else likely


def run(
    blueprint: Blueprint, clouds: Clouds, place: str, wait: float, listener: Listener, stop: threading.Event
) -> list[Outcome]:
    """Test a setup in a place, and return the outcomes in their order.

    `listener.agree` is called before a one-off task is started, or a temporary statement is added to the role's trust
    policy. Raises what it raises, BadInput, CloudError, Refused, LeftBehind, and Stopped once `stop` is set.
    """
    if place == "task":
        listener.agree(start.consent(blueprint.setup))
        test = prepare.from_setup(blueprint, clouds, wait)
        return walk_in(test, start.place(blueprint.setup, clouds), listener, stop)
    test, environ = prepare.from_setup(blueprint, clouds, wait), clouds.environ
    if place == "inside":
        return walk_in(test, places.inside(environ), listener, stop)
    setup = blueprint.setup.aws
    workload = WorkloadRole(setup.account, blueprint.setup.role_name, setup.runtime, setup.region)
    return as_workload(workload, clouds, test, listener, stop)


def printed_request(blueprint: Blueprint, clouds: Clouds, title: str) -> dict[str, Any]:
    """Return the request for a probe that is printed, and copied to the workload with this title. Raises BadInput."""
    test = prepare.from_setup(blueprint, clouds, 0.0)
    supplier = RUNTIMES[blueprint.setup.aws.runtime].needs_supplier
    return {**copied_request(test, title), "application": {"supplier": supplier}}


def copied_request(test: AwsTest, title: str) -> dict[str, Any]:
    """Return the request of a test for a probe that is copied to the workload: it waits for nothing."""
    request = test.probe_request(utc_now(), link_local=True, in_workload=True)
    return {**request, "settle": {}, "file_first": True, "header": {"workload": title}}


def judge(blueprint: Blueprint, clouds: Clouds, recording: Recording, wait: float, listener: Listener) -> list[Outcome]:
    """Return the outcomes of what a printed probe wrote in the workload. Raises BadInput if it is not about it."""
    return judge_test(prepare.from_setup(blueprint, clouds, wait), recording, listener)


def judge_test(test: AwsTest, recording: Recording, listener: Listener) -> list[Outcome]:
    """Return the outcomes of what a printed probe wrote, for a prepared test."""
    test = replace(test, targets=as_tested(test.targets, asked(recording.records)))
    chain = walk.AwsChain(
        test,
        places.inside({}),
        lambda outcome: listener.on_outcome("", outcome),
        lambda progress: listener.on_progress("", progress),
        recording=recording,
    )
    return chain.run()


def as_workload(
    workload: WorkloadRole, clouds: Clouds, test: AwsTest, listener: Listener, stop: threading.Event
) -> list[Outcome]:
    """Test here, with the workload's role. Raises Refused if AWS lets nobody test, and what `run` raises."""
    try:
        return _here(workload, clouds, test, listener, stop)
    except (RootRefused, NotRemoved) as error:
        raise Refused(str(error)) from error


def _here(
    workload: WorkloadRole, clouds: Clouds, test: AwsTest, listener: Listener, stop: threading.Event
) -> list[Outcome]:
    cloud, environ = clouds.aws, clouds.environ
    try:
        with places.here(workload, cloud, environ) as here:
            return walk_in(test, here, listener, stop)
    except NeedsTrust as need:
        listener.agree(consent_for(need))
        pause = _stoppable(stop)
        statement = trusted(cloud, need, workload.region, Journal())
        try:
            with statement, places.here(workload, cloud, environ, TRUST_DEADLINE, pause) as here:
                return walk_in(test, here, listener, stop)
        except NeedsTrust as again:
            raise still_denied(again) from again


def walk_in(test: AwsTest, place: Place, listener: Listener, stop: threading.Event) -> list[Outcome]:
    """Test in a place, and return the outcomes in their order. Raises Stopped once `stop` is set."""
    return walk.run(
        test,
        place,
        lambda outcome: listener.on_outcome("", outcome),
        lambda progress: listener.on_progress("", progress),
        stop,
    )


def consent_for(need: NeedsTrust) -> Consent:
    """Return what the operator must confirm before the statement is added."""
    ends = need.statement.get("Condition", {}).get("DateLessThan", {}).get("aws:CurrentTime", "")
    return Consent(
        _("Add one statement to the trust policy for this test?"),
        _(
            "AWS does not let {caller} assume the role {role}. The test must assume this role to run with the "
            "workload's identity. The wizard can add one statement to the role's trust policy during the test. The "
            "statement names only your AWS identity. The wizard removes the statement at the end. In any case, the "
            "statement expires at {ends}."
        ).format(caller=need.caller, role=need.role, ends=ends),
        _("Add and remove the statement"),
        _("The wizard did not change the trust policy, and did not run the test."),
        json.dumps(need.statement),
        subject=f"{need.caller} assumes {need.role}",
        instead=_("To avoid this change, run the test in the workload, with --from inside."),
    )


def _stoppable(stop: threading.Event) -> Callable[[float], None]:
    """Return a pause that raises Stopped as soon as `stop` is set."""

    def pause(seconds: float) -> None:
        if stop.wait(seconds):
            raise Stopped

    return pause
