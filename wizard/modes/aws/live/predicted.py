"""The refusals that follow from what the clouds have stored, for a live test that cannot run without a change.

What could not be read, or depends on the resource or on the members of a group, is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION, Hop, Outcome, Refusal
from wizard.chain.project_policy import How
from wizard.chain.rule import first
from wizard.clouds.session import Clouds
from wizard.federation.aws import partition_of
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live import prepare
from wizard.modes.aws.live.known import AwsKnown
from wizard.modes.aws.live.predict import predict
from wizard.modes.aws.live.reasons import RULES

_SESSION = "SESSION"
"""Stands for the name of a session, which the runtime chooses."""

_CLOSED = Refusal("invalid_target", "The target service indicated by the parameters is invalid.")
_REJECTED = Refusal("unauthorized_client", "The given credential is rejected by the attribute condition.")
_DENIED = Refusal("PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource.")


def outcomes(blueprint: Blueprint, clouds: Clouds) -> list[Outcome]:
    """Return a failed outcome, with its cause, for each step that Google Cloud would refuse.

    Raises BadInput, CloudError and Refused.
    """
    test = prepare.from_setup(blueprint, clouds, 0.0)
    known = AwsKnown(test)
    setup = blueprint.setup
    session = f"{setup.aws.account}:assumed-role/{setup.role_name}/{_SESSION}"
    arn = f"arn:{partition_of(setup.aws.region)}:sts::{session}"
    caller = {"account": setup.aws.account, "arn": arn, "userid": f"AROAEXAMPLE:{_SESSION}"}
    prediction = predict(str(test.config.get("audience")), test.provider, caller)
    refused = prediction.outcome.status == "failed"
    known = replace(known, caller=caller, identity=prediction.identity, refused=refused)
    explained = [_explained(outcome, known) for outcome in _refused(known)]
    return [outcome for outcome in explained if outcome]


def _refused(known: AwsKnown) -> Iterator[Outcome]:
    test = known.test
    if known.refused:
        closed = test.provider is not None and test.provider.closed
        yield _failed(EXCHANGE, _CLOSED if closed else _REJECTED)
    if test.service_account and known.predicts_refusal(IMPERSONATION):
        yield _failed(IMPERSONATION, _DENIED)
    absent = _without(known, ("nobody",))
    # A role under a condition is missing only if the condition is false, which the facts tell.
    under_condition = _without(known, ("conditional",))
    if absent is not None:
        yield absent
    elif under_condition is not None and known.facts(under_condition).conditional:
        yield under_condition


def _without(known: AwsKnown, how: tuple[How, ...]) -> Outcome | None:
    """Return the outcome for the roles that the workload holds in one of these ways; None if there is no such role."""
    names = known.names
    missing = [
        {"role": role.name, "project": target.project, "status": "missing"}
        for target in known.test.targets
        for role in target.roles
        if target.policy and names and target.policy.holding(role.name, names).how in how
    ]
    if not missing:
        return None
    outcome = _failed(PERMISSION, Refusal("MISSING", ", ".join(each["role"] for each in missing)))
    return replace(outcome, received={"roles": missing})


def _failed(hop: Hop, refusal: Refusal) -> Outcome:
    return Outcome.of(hop, (), refusal)


def _explained(outcome: Outcome, known: AwsKnown) -> Outcome | None:
    explanation = first(RULES, outcome, known.facts(outcome))
    if explanation is None or explanation.not_proven:
        return None
    return outcome.because(explanation.cause, explanation.fix, explanation.code)
