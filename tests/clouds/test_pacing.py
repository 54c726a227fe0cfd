"""Calls begin as fast as the published quotas allow, and not faster; the clock is handed in."""

import threading

import pytest

from wizard.clouds import pacing
from wizard.clouds.pacing import Pacer, Quota


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def begun(pacer: Pacer, clock: Clock, quota: Quota | None, count: int, payer: str = "acme") -> list[float]:
    """The times at which so many calls begin, one after another, in seconds."""
    times = []
    for _ in range(count):
        with pacer.call(quota, payer):
            times.append(clock.now - 1000.0)
    return times


@pytest.mark.parametrize("a_minute", [5, 60, 600])
def test_no_minute_has_more_calls_than_the_quota(a_minute: int) -> None:
    clock = Clock()
    pacer = Pacer(clock=lambda: clock.now, sleep=clock.sleep)
    times = begun(pacer, clock, Quota("the IAM API", a_minute), 3 * a_minute)
    assert times[0] == times[max(1, a_minute // 2) - 1] == 0  # half of them at once
    for first in times:
        assert len([each for each in times if first <= each < first + 60]) <= a_minute
    assert times[-1] < 60 * 6  # and not slower than the quota asks for


def test_each_payer_and_each_quota_has_its_own_pace() -> None:
    clock = Clock()
    pacer = Pacer(clock=lambda: clock.now, sleep=clock.sleep)
    slow = Quota("the IAM API", 2)
    assert begun(pacer, clock, slow, 1) + begun(pacer, clock, slow, 1, "globex") == [0, 0]
    assert begun(pacer, clock, None, 500) == [0] * 500
    assert begun(pacer, clock, slow, 1) == [60]


def test_the_quotas_are_those_of_the_api_and_of_the_kind_of_call() -> None:
    pool = "/v1/projects/acme/locations/global/workloadIdentityPools/aws-prod"
    found = {
        (api, path, writes): pacing.of_google(api, path, writes=writes)
        for api, path in (("iam", pool), ("iam", "/v1/roles"), ("iam", "/v2/policies/x"), ("serviceusage", "/v1/x"))
        for writes in (False, True)
    }
    assert [quota and quota.a_minute for quota in found.values()] == [600, 60, 6000, 600, 5, 5, 240, 60]
    logs = pacing.of_google("logging", "/v2/entries:list", writes=False)
    assert logs and logs.a_minute == 60
    assert (pacing.cost("/v1/projects/acme/services:batchEnable"), pacing.cost(pool)) == (5, 1)


def test_only_so_many_calls_run_at_the_same_time() -> None:
    pacer, running, inside, go = Pacer(at_once=3), [], threading.Semaphore(0), threading.Event()

    def call() -> None:
        with pacer.call():
            running.append(1)
            inside.release()
            assert go.wait(5)
            running.pop()

    threads = [threading.Thread(target=call) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert all(inside.acquire(timeout=5) for _ in range(3))
    assert not inside.acquire(timeout=0.05)  # the fourth waits
    assert len(running) == 3
    go.set()
    for thread in threads:
        thread.join()
    assert inside.acquire(timeout=5)


def test_a_caller_can_ask_whether_a_call_would_wait() -> None:
    now = [0.0]
    pacer = Pacer(clock=lambda: now[0], sleep=lambda seconds: pytest.fail(f"waited for {seconds} s"))
    policies = pacing.of_google("iam", "/v2/policies/x", writes=False)
    assert policies
    for _ in range(policies.a_minute):
        assert not pacer.would_wait(policies, "acme-analytics")
        with pacer.call(policies, "acme-analytics"):
            pass
    assert pacer.would_wait(policies, "acme-analytics")
    assert not pacer.would_wait(policies, "acme-lake")
    now[0] = 60.0
    assert not pacer.would_wait(policies, "acme-analytics")
