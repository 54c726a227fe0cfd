"""Malformed HTTP gets a refusal, or a closed connection where no answer is due; a server stays as it was."""

import time
from random import Random

from wizard.sandbox.process import Sandbox

from . import wire
from .conftest import ROUNDS, SEED
from .judging import Watch, processor_seconds, status_problem
from .sending import Answer, authorized, connected, proxy_port, send


def _due(answer: Answer) -> str:
    return status_problem(answer)


def _in_time(answer: Answer) -> str:
    return "" if answer.status == 0 else status_problem(answer)


def _run(sandbox: Sandbox, watch: Watch, sent: wire.Sent) -> None:
    """Send it; what is not whole is followed by the end of the connection."""
    answer = send(proxy_port(sandbox), sent.data, ends=not sent.whole)
    watch.judge(sent.data, answer, _due if sent.whole else _in_time)


def test_malformed_urls_are_refused(aws_sandbox: Sandbox) -> None:
    with Watch(aws_sandbox) as watch:
        for sent in wire.urls(proxy_port(aws_sandbox), authorized(aws_sandbox)):
            _run(aws_sandbox, watch, sent)


def test_a_tunnel_to_nowhere_is_refused(aws_sandbox: Sandbox) -> None:
    with Watch(aws_sandbox) as watch:
        for sent in wire.tunnels():
            _run(aws_sandbox, watch, sent)
            assert watch.statuses[200] == 0, sent


def test_broken_heads_and_bodies_are_refused(aws_sandbox: Sandbox) -> None:
    with Watch(aws_sandbox) as watch:
        for sent in wire.frames(proxy_port(aws_sandbox), authorized(aws_sandbox)):
            _run(aws_sandbox, watch, sent)


def test_random_changes_are_survived(aws_sandbox: Sandbox) -> None:
    random = Random(SEED)
    with Watch(aws_sandbox) as watch:
        for _ in range(300 * ROUNDS):
            _run(aws_sandbox, watch, wire.noise(random, proxy_port(aws_sandbox), authorized(aws_sandbox)))


def test_a_client_that_goes_in_the_middle_of_a_request_leaves_no_work(aws_sandbox: Sandbox) -> None:
    """Begun CONNECT requests, after which the client went, kept a task each that looked a hundred times a second."""
    for length in range(1, 60):
        with connected(proxy_port(aws_sandbox)) as connection:
            connection.sendall(b"CONNECT iam.googleapis.com:443 HTTP/1.1\r\nHost: iam.googleapis.com"[:length])
    time.sleep(0.3)
    before = processor_seconds(aws_sandbox.pid)
    time.sleep(1.0)
    assert processor_seconds(aws_sandbox.pid) - before < 0.1
