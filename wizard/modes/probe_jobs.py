"""What live tests left in a cluster that were killed: the jobs of their pods, by the journal and by their label."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from wizard.chain import one_off_pod
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.engine.journal import Journal, Temporary
from wizard.language import translated
from wizard.modes.leftover import Leftover
from wizard.phrases import named


def leftovers(kubernetes: Kubernetes, cluster: str, namespaces: Iterable[str], journal: Journal) -> list[Leftover]:
    """Return the jobs of live tests in a cluster: those in the journal, and those in these namespaces.

    What may not be read is not searched. Raises JournalError.
    """
    left = [
        each for each in journal.abandoned() if each.kind == one_off_pod.KIND and each.place.get("cluster") == cluster
    ]
    recorded = [_recorded(kubernetes, each, journal) for each in left]
    known = {leftover.what for leftover in recorded}
    labelled = [_labelled(kubernetes, job) for job in _jobs(kubernetes, set(namespaces))]
    return [*recorded, *(leftover for leftover in labelled if leftover.what not in known)]


def _recorded(kubernetes: Kubernetes, left: Temporary, journal: Journal) -> Leftover:
    name, namespace = str(left.place["job"]), str(left.place["namespace"])
    remove = partial(one_off_pod.remove, kubernetes, name, namespace)
    return Leftover(_name(name, namespace), True, remove, partial(journal.forget, left.id))


def _labelled(kubernetes: Kubernetes, job: one_off_pod.ProbeJob) -> Leftover:
    remove = partial(one_off_pod.remove, kubernetes, job.name, job.namespace)
    return Leftover(_name(job.name, job.namespace), job.is_over, remove)


def _name(name: str, namespace: str) -> str:
    return named(one_off_pod.KIND, translated(one_off_pod.TITLE).format(name=name, namespace=namespace))


def _jobs(kubernetes: Kubernetes, namespaces: set[str]) -> list[one_off_pod.ProbeJob]:
    """Return the jobs with the label of live tests in these namespaces."""
    now = datetime.now(UTC)
    try:
        jobs = one_off_pod.probe_jobs(kubernetes, ALL, now)
    except CloudError as error:
        if error.status != 403:
            return []
        jobs = _one_by_one(kubernetes, namespaces, now)
    return [job for job in jobs if job.namespace in namespaces]


def _one_by_one(kubernetes: Kubernetes, namespaces: Iterable[str], now: datetime) -> list[one_off_pod.ProbeJob]:
    """Return the jobs of each namespace, for an operator who may not list those of the whole cluster."""
    found: list[one_off_pod.ProbeJob] = []
    for namespace in sorted(namespaces):
        try:
            found += one_off_pod.probe_jobs(kubernetes, namespace, now)
        except CloudError:
            continue
    return found
