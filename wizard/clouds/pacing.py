"""Paces the calls of a command, so that a folder of setups stays within the quotas that the clouds publish.

Requests a minute, for each project that calls are charged to, as published in 2026:

- IAM (https://cloud.google.com/iam/quotas): 6,000 reads and 600 writes; 600 reads and 60 writes of workload identity
  pools and providers; 5 reads and 5 writes of deny policies (v2), and of the other policies of v3; 60,000 credentials
  of service accounts. The 6,000 exchanges of the Security Token Service are the probe's, at most 8 at once.
- Resource Manager (https://cloud.google.com/resource-manager/docs/limits): 600 reads, and 240 lists of projects.
- Service Usage (https://cloud.google.com/service-usage/docs/quotas): 240 reads and 60 writes, of which one batchEnable
  counts as 5.
- Kubernetes Engine (https://cloud.google.com/kubernetes-engine/quotas): 3,000 requests.
- Policy Analyzer (https://cloud.google.com/policy-intelligence/docs/quotas): 100 analyses. Google publishes no number
  for activities, so that they are paced as analyses are.
- Cloud Logging (https://cloud.google.com/logging/quotas): 60 reads of log entries.
- Cloud Asset (https://cloud.google.com/asset-inventory/docs/quota): 400 searches of policies.
- AWS STS (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html): 600 requests a second for each
  account and region. AWS publishes no number for IAM: botocore repeats what is throttled.

A cluster answers 429 with Retry-After, which is honoured; it publishes no number.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from wizard.clouds import calls

AT_ONCE = 16
"""How many calls of a command run at the same time, if it works on several setups."""

_TOLD = 5.0
"""Seconds from which a wait is told."""

_WAITING = "waiting, because %s allows only %d requests a minute"


@dataclass(frozen=True)
class Quota:
    """How many requests a minute an API allows for one payer. `name` is for the user."""

    name: str
    a_minute: int
    at_once: int = 0
    """How many requests can be made at once, if that is not half of the minute's."""

    @property
    def burst(self) -> float:
        """How many requests can be made at once: half of the minute's, so that no minute has more than it allows."""
        return self.at_once or max(1.0, self.a_minute / 2)

    @property
    def rate(self) -> float:
        """How many more requests can be made each second: the other half, over the minute."""
        return self.a_minute / 120


_POOLS_READ, _POOLS_WRITE = Quota("the IAM API", 600), Quota("the IAM API", 60)
_POLICIES = {f"/{version}": Quota(f"version {version[1]} of the IAM API", 5, at_once=5) for version in ("v2", "v3")}
"""They are read only as long as nobody has to wait."""
_IAM_READ, _IAM_WRITE = Quota("the IAM API", 6000), Quota("the IAM API", 600)
_OTHERS = {
    "cloudasset": (Quota("the Cloud Asset API", 400), None),
    "cloudresourcemanager": (Quota("the Resource Manager API", 600), None),
    "container": (Quota("the Kubernetes Engine API", 3000), Quota("the Kubernetes Engine API", 3000)),
    "iamcredentials": (Quota("the Service Account Credentials API", 60_000), None),
    "logging": (Quota("the Cloud Logging API", 60), None),
    "policyanalyzer": (Quota("the Policy Analyzer API", 100), None),
    "serviceusage": (Quota("the Service Usage API", 240), Quota("the Service Usage API", 60)),
}
"""API of Google -> its quota for reads, and for writes; None if none is published."""
_PROJECT_LISTS = Quota("the Resource Manager API", 240)
_BATCH = 5
_AWS = {"sts": Quota("AWS STS", 36_000)}


def of_google(api: str, path: str, *, writes: bool) -> Quota | None:
    """Return the quota that a call of a Google API counts for; None if none is published."""
    if api == "iam":
        if path[:3] in _POLICIES:
            return _POLICIES[path[:3]]
        if "/workloadIdentityPools" in path:
            return _POOLS_WRITE if writes else _POOLS_READ
        return _IAM_WRITE if writes else _IAM_READ
    if api == "cloudresourcemanager" and path in ("/v1/projects", "/v3/projects"):
        return None if writes else _PROJECT_LISTS
    reads, written = _OTHERS.get(api, (None, None))
    return written if writes else reads


def cost(path: str) -> int:
    """Return for how many requests a call of a Google API counts."""
    return _BATCH if path.endswith(":batchEnable") else 1


def of_aws(service: str) -> Quota | None:
    """Return the quota that a call of an AWS service counts for; None if none is published."""
    return _AWS.get(service)


class Pacer:
    """Lets calls begin as fast as their quotas allow, and at most `at_once` of them run at the same time.

    `clock` returns seconds, `sleep` waits for seconds.
    """

    def __init__(
        self,
        at_once: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._buckets: dict[tuple[Quota, str], _Bucket] = {}
        self._slots: AbstractContextManager[object] = threading.BoundedSemaphore(at_once) if at_once else nullcontext()

    @contextmanager
    def call(self, quota: Quota | None = None, payer: str = "", cost: int = 1) -> Iterator[None]:
        """Wait until a call may begin, and count it as running. `payer` is whose quota it is.

        A call must not make another inside: both would wait for the last place.
        """
        if quota:
            self._wait(quota, payer, cost)
        with self._slots:
            yield

    def would_wait(self, quota: Quota, payer: str) -> bool:
        """Return whether a call would have to wait now."""
        with self._lock:
            bucket = self._buckets.get((quota, payer))
            if bucket is None:
                return False
            bucket.reserve(quota, self._clock(), 0)
            return bucket.left < 1

    def _wait(self, quota: Quota, payer: str, cost: int) -> None:
        with self._lock:
            now = self._clock()
            bucket = self._buckets.setdefault((quota, payer), _Bucket(quota.burst, now))
            seconds = bucket.reserve(quota, now, cost)
        if seconds >= _TOLD:
            calls.WAITING.info(_WAITING, quota.name, quota.a_minute)
        if seconds > 0:
            self._sleep(seconds)


@dataclass
class _Bucket:
    """The requests that can be made at once; below zero, those that wait."""

    left: float
    at: float

    def reserve(self, quota: Quota, now: float, cost: int) -> float:
        """Take what a request costs. Returns the seconds after which it can begin."""
        self.left = min(quota.burst, self.left + (now - self.at) * quota.rate) - cost
        self.at = now
        return max(0.0, -self.left / quota.rate)
