"""Google's APIs refuse in their own form whatever is sent to them."""

from random import Random

from wizard.sandbox.process import Sandbox

from . import google_calls
from .conftest import ROUNDS, SEED
from .judging import Watch, of_google
from .sending import proxy_port, send


def test_deep_json_is_refused_by_every_method(aws_sandbox: Sandbox) -> None:
    with Watch(aws_sandbox) as watch:
        for sent in google_calls.deep(aws_sandbox):
            watch.judge(sent, send(proxy_port(aws_sandbox), sent), of_google)


def test_wrong_requests_are_answered(aws_sandbox: Sandbox) -> None:
    random = Random(SEED)
    with Watch(aws_sandbox) as watch:
        for _ in range(400 * ROUNDS):
            sent = google_calls.wrong(aws_sandbox, random)
            watch.judge(sent, send(proxy_port(aws_sandbox), sent), of_google)
