"""What live tests left in a cluster that were killed: the jobs of their pods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from wizard.chain import one_off_pod
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.modes.leftover import Leftover

_WHAT = "one-off job {name} in the namespace {namespace}"


def leftovers(kubernetes: Kubernetes, namespaces: Iterable[str]) -> list[Leftover]:
    """Return the jobs of live tests in these namespaces. What may not be read is not searched."""
    wanted = set(namespaces)
    now = datetime.now(UTC)
    try:
        jobs = one_off_pod.probe_jobs(kubernetes, ALL, now)
    except CloudError as error:
        if error.status != 403:
            return []
        jobs = _one_by_one(kubernetes, wanted, now)
    return [
        Leftover(
            _WHAT.format(name=job.name, namespace=job.namespace),
            job.is_over,
            partial(one_off_pod.remove, kubernetes, job.name, job.namespace),
        )
        for job in jobs
        if job.namespace in wanted
    ]


def _one_by_one(kubernetes: Kubernetes, namespaces: Iterable[str], now: datetime) -> list[one_off_pod.ProbeJob]:
    """Return the jobs of each namespace, for an operator who may not list those of the whole cluster."""
    found: list[one_off_pod.ProbeJob] = []
    for namespace in sorted(namespaces):
        try:
            found += one_off_pod.probe_jobs(kubernetes, namespace, now)
        except CloudError:
            continue
    return found
