"""AWS refuses in the protocol of each service whatever is sent to it with a valid signature."""

from random import Random

from wizard.sandbox.process import Sandbox

from . import aws_calls
from .conftest import ROUNDS, SEED
from .judging import Watch, of_aws


def test_deep_json_is_refused_by_every_service(aws_sandbox: Sandbox) -> None:
    with Watch(aws_sandbox) as watch:
        for sent in aws_calls.deep(aws_sandbox):
            watch.judge(sent, aws_calls.answered(aws_sandbox, sent), of_aws)


def test_wrong_parameters_are_answered(aws_sandbox: Sandbox) -> None:
    random = Random(SEED)
    with Watch(aws_sandbox) as watch:
        for _ in range(500 * ROUNDS):
            sent = aws_calls.wrong(aws_sandbox, random)
            watch.judge(sent, aws_calls.answered(aws_sandbox, sent), of_aws)


def test_odd_envelopes_are_refused(aws_sandbox: Sandbox) -> None:
    random = Random(SEED)
    with Watch(aws_sandbox) as watch:
        for _ in range(150 * ROUNDS):
            sent = aws_calls.odd(aws_sandbox, random)
            watch.judge(sent, aws_calls.answered(aws_sandbox, sent), of_aws)
