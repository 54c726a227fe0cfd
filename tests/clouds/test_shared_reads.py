"""Reads of one command: each is made once, whoever asks, and a write drops what was read."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from wizard.clouds.errors import CloudError
from wizard.clouds.shared_reads import SharedReads


def test_many_threads_share_one_read() -> None:
    reads, calls, together = SharedReads(), [], Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        return reads.once("cluster", lambda: calls.append(1) or "answer")  # type: ignore[func-returns-value]

    with ThreadPoolExecutor(max_workers=8) as threads:
        assert set(threads.map(ask, range(8))) == {"answer"}
    assert len(calls) == 1


def test_a_refusal_is_shared_too_but_each_caller_can_add_its_own_hint() -> None:
    reads, calls = SharedReads(), []

    def refuse() -> None:
        calls.append(1)
        raise CloudError("iam", "get", 403, "PERMISSION_DENIED", "no")

    errors = []
    for _ in range(2):
        with pytest.raises(CloudError) as refused:
            reads.once("policy", refuse)
        errors.append(refused.value)
    errors[0].hint = "ask"
    assert (len(calls), errors[1].hint) == (1, "")


def test_a_write_drops_every_answer() -> None:
    reads, calls = SharedReads(), []
    for _ in range(2):
        reads.once("pool", lambda: calls.append(1))
        reads.drop()
    assert len(calls) == 2
