"""Breaks a world, takes rights from the operator, and looks at what the doctor says then."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from tests.doctor_matrix.sandboxes import Answer, Place, place_for, run
from wizard.work import breaking, faults

OPERATOR = "user:operator@acme.example"
CALLS = "roles/serviceusage.serviceUsageConsumer"
"""Lets the operator charge calls to the project, and nothing else."""


def as_operator_with(place: Place, *roles: str) -> None:
    """Take all roles of the operator on the project away, and give these instead."""
    google, path = place.world.clouds.google, f"/v1/{place.world.names['project']}"
    policy = google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", {})
    bindings = [{"role": "roles/owner", "members": ["user:admin@acme.example"]}]
    bindings += [{"role": role, "members": [OPERATOR]} for role in roles]
    for binding in policy["bindings"]:
        members = [member for member in binding["members"] if member != OPERATOR]
        bindings += [{**binding, "members": members}] if members else []
    google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": {**policy, "bindings": bindings}})


def as_viewer(place: Place) -> None:
    """Leave the operator roles/viewer on Google Cloud, and everything elsewhere."""
    as_operator_with(place, "roles/viewer", CALLS)


def without_aws(place: Place) -> None:
    """Make the operator a user of the AWS account without any permission."""
    aws = place.world.clouds.aws
    aws.call("iam", "create_user", UserName="newcomer")
    key = aws.call("iam", "create_access_key", UserName="newcomer")["AccessKey"]
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = key["AccessKeyId"], key["SecretAccessKey"]
    os.environ.pop("AWS_SESSION_TOKEN", None)


def without_cluster(place: Place) -> None:
    """Leave the operator what reads Google Cloud and lists clusters, and nothing inside of a cluster."""
    as_operator_with(place, "roles/container.clusterViewer", "roles/iam.securityReviewer", CALLS)


TAKEN: dict[str, Callable[[Place], None]] = {
    "viewer only": as_viewer,
    "no rights on AWS": without_aws,
    "no rights in the cluster": without_cluster,
}


@dataclass(frozen=True)
class Row:
    """What is taken, a fault, whether the doctor can still see the fault, and words about what it cannot see.

    `code` is that of a more general finding, which the doctor makes without the live test; empty if it is the fault's.
    """

    taken: str
    fault: str
    seen: bool
    unseen: tuple[str, ...]
    code: str = ""

    def __str__(self) -> str:
        return f"{self.taken}, {self.fault}"


def diagnosed(row: Row) -> tuple[Answer, str]:
    """Return what the doctor says, as JSON and as text."""
    fault = faults.load(row.fault)
    with place_for(fault) as place:
        place.take(fault.prepare)
        assert run("apply", place.setup, "--yes", "--accept-loss").code == 0
        place.take(fault.steps)
        breaking.set_variables(fault.environment, os.environ)
        TAKEN[row.taken](place)
        return run("doctor", place.setup, "--json"), run("doctor", place.setup).out
