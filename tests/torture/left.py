"""What live tests have left: jobs and pods of a cluster, definitions and logs of AWS, and records of the journal."""

import os
from collections.abc import Iterator
from typing import Any

from wizard.clouds.aws import Aws
from wizard.clouds.kubernetes import ALL
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.federation.gke import ClusterName

Json = dict[str, Any]

_OURS = "wif-wizard"
"""What is in the name of everything that a live test makes."""


def by_tests(scenario: Json) -> list[str]:
    """Return the names of what live tests have left in the clouds of a scenario and in the journal."""
    return sorted([*_in_aws(scenario), *_in_clusters(scenario), *_in_journal()])


def _in_journal() -> Iterator[str]:
    yield from (f"record of {each.kind} {each.name}" for each in Journal().abandoned())


def _in_aws(scenario: Json) -> Iterator[str]:
    if not scenario.get("aws"):
        return
    aws = Aws(os.environ, scenario["aws"]["region"])
    jobs = aws.call("batch", "describe_job_definitions", status="ACTIVE")["jobDefinitions"]
    names = [job["jobDefinitionName"] for job in jobs]
    for group in aws.call("logs", "describe_log_groups")["logGroups"]:
        streams = aws.call("logs", "describe_log_streams", logGroupName=group["logGroupName"])["logStreams"]
        names += [group["logGroupName"], *(stream["logStreamName"] for stream in streams)]
    yield from (name for name in names if _OURS in name)


def _in_clusters(scenario: Json) -> Iterator[str]:
    from lightkube.resources.batch_v1 import Job
    from lightkube.resources.core_v1 import Pod

    for project in scenario["google"]["projects"]:
        clouds = Clouds(project["id"])
        for cluster in project.get("clusters", ()):
            name = ClusterName(project["id"], cluster["location"], cluster["name"])
            kubernetes = clouds.kubernetes(name)
            for kind in (Job, Pod):
                found = kubernetes.list_objects(kind, ALL)
                names = [each.metadata.name or "" for each in found if each.metadata]
                yield from (f"{kind.__name__} {name}" for name in names if _OURS in name)
