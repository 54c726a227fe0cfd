"""Read a whole world back, as the operator: what two copies of a world must have in common."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.oracles.by_hand.copies import Copy
from wizard.clouds import iam_policies
from wizard.clouds.kubernetes import ALL
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.setup.resource_types import parse

Json = dict[str, Any]

_OF_ITS_OWN = {
    "etag",
    "uid",
    "uniqueId",
    "oauth2ClientId",
    "RoleId",
    "InstanceProfileId",
    "CreateDate",
    "createTime",
    "creationTimestamp",
    "expireTime",
    "resourceVersion",
    "managedFields",
    "id",
    "podRange",
    "clusterSecondaryRangeName",
    "instanceGroupUrls",
    "endpoint",
    "privateEndpoint",
    "masterAuth",
    "RoleLastUsed",
    "ResponseMetadata",
    "registeredAt",
    "createdAt",
    "updatedAt",
    "rolloutStateReason",
    "deploymentId",
    "RevisionId",
    "validAfterTime",
    "validBeforeTime",
    "LastModified",
    "Id",
}
"""Keys whose values differ between two things that are made alike: IDs, times, versions, addresses."""


def read(copy: Copy, scenario: Json) -> Json:
    """Return everything that a copy of a scenario has, without what is its own: IDs, etags, and times."""
    with copy.entered():
        found = everything(scenario) | {"files": dict(_files(copy))}
    return {part: common(value) for part, value in found.items()}


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Return where two worlds differ, one line for each place."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        one, other = dict(enumerate(one)), dict(enumerate(other))
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return [] if one == other else [f"{path}: {one!r} and {other!r}"]
    keys = list(one) + [key for key in other if key not in one]
    return [line for key in keys for line in differences(one.get(key), other.get(key), f"{path}/{key}")]


def everything(scenario: Json) -> Json:
    """Return what the clouds of a scenario have, read with the operator's clients of this process's environment."""
    projects = scenario["google"]["projects"]
    clouds = Clouds(projects[0]["id"], scenario.get("aws", {}).get("region"))
    charged_to = {project["id"]: Clouds(project["id"]) for project in projects}
    return {
        "projects": {project["id"]: _project(charged_to[project["id"]], project) for project in projects},
        "aws": _aws(clouds) if scenario.get("aws") else {},
        "clusters": {
            cluster["name"]: _cluster(clouds, ClusterName(project["id"], cluster["location"], cluster["name"]))
            for project in projects
            for cluster in project.get("clusters", ())
        },
    }


def _project(clouds: Clouds, scenario: Json) -> Json:
    project = scenario["id"]
    google, path = clouds.google, f"/v1/projects/{project}"
    asked = {"options": {"requestedPolicyVersion": 3}}
    services = google.call("serviceusage", "GET", f"{path}/services", query={"filter": "state:ENABLED"})
    enabled = {service["config"]["name"] for service in services["services"]}
    found: Json = {
        "services": sorted(enabled),
        "policy": google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", asked),
    }
    if "iam.googleapis.com" in enabled:
        found |= {"pools": _pools(clouds, path), "accounts": list(_accounts(clouds, project))}
    return found | {"resources": dict(_resources(clouds, scenario, enabled))}


def _resources(clouds: Clouds, project: Json, enabled: set[str]) -> Iterator[tuple[str, Json]]:
    """Yield the policy of each resource of a project, and the access list of each dataset, if its API is enabled."""
    names = [f"datasets/{dataset['id']}" for dataset in project.get("datasets", ())]
    names += [resource["name"] for resource in project.get("resources", ())]
    for name in names:
        is_bucket = name.startswith("buckets/")
        on = parse(f"projects/_/{name}" if is_bucket else f"projects/{project['id']}/{name}")
        if on and f"{on.type.api}.googleapis.com" in enabled:
            policy = iam_policies.get_policy(clouds.google, on)
            yield name, {key: policy[key] for key in ("bindings", "access") if key in policy}


def _pools(clouds: Clouds, path: str) -> list[Json]:
    deleted = {"showDeleted": "true"}
    base = f"{path}/locations/global/workloadIdentityPools"
    pools: list[Json] = clouds.google.call("iam", "GET", base, query=deleted).get("workloadIdentityPools", [])
    for pool in [pool for pool in pools if not pool["name"].endswith(".svc.id.goog")]:  # Google manages those of GKE
        answer = clouds.google.call("iam", "GET", f"/v1/{pool['name']}/providers", query=deleted)
        pool["providers"] = answer.get("workloadIdentityPoolProviders", [])
    return pools


def _accounts(clouds: Clouds, project: str) -> Iterator[Json]:
    answer = clouds.google.call("iam", "GET", f"/v1/projects/{project}/serviceAccounts")
    for account in answer.get("accounts", ()):
        keys = clouds.google.call("iam", "GET", f"/v1/{account['name']}/keys")
        yield account | {"policy": clouds.google_iam.get_policy(project, account["email"]), "keys": keys}


def _aws(clouds: Clouds) -> Json:
    profiles = clouds.aws.call("iam", "list_instance_profiles")["InstanceProfiles"]
    jobs = clouds.aws.call("batch", "describe_job_definitions")["jobDefinitions"]
    return {
        "roles": clouds.aws.call("iam", "list_roles")["Roles"],
        "profiles": profiles,
        "job definitions": jobs,
        "task definitions": list(_task_definitions(clouds)),
        "services": list(_services(clouds)),
        "functions": clouds.aws.call("lambda", "list_functions")["Functions"],
        "instances": list(_instances(clouds)),
    }


def _task_definitions(clouds: Clouds) -> Iterator[Json]:
    for arn in clouds.aws.call("ecs", "list_task_definitions")["taskDefinitionArns"]:
        yield clouds.aws.call("ecs", "describe_task_definition", taskDefinition=arn, include=["TAGS"])


def _instances(clouds: Clouds) -> Iterator[Json]:
    for reservation in clouds.aws.call("ec2", "describe_instances")["Reservations"]:
        for instance in reservation["Instances"]:
            yield {key: instance.get(key) for key in ("InstanceId", "IamInstanceProfile", "MetadataOptions")}


def _services(clouds: Clouds) -> Iterator[Json]:
    for cluster in clouds.aws.call("ecs", "list_clusters")["clusterArns"]:
        services = clouds.aws.call("ecs", "list_services", cluster=cluster)["serviceArns"]
        if services:
            yield from clouds.aws.call("ecs", "describe_services", cluster=cluster, services=services)["services"]


def _cluster(clouds: Clouds, name: ClusterName) -> Json:
    from lightkube.resources.apps_v1 import Deployment
    from lightkube.resources.batch_v1 import CronJob
    from lightkube.resources.core_v1 import Namespace, ServiceAccount

    kubernetes = clouds.kubernetes(name)
    lists = (kubernetes.list_objects(kind, ALL) for kind in (ServiceAccount, Deployment, CronJob))
    objects = [*kubernetes.list_objects(Namespace), *(each for found in lists for each in found)]
    inside = [each.to_dict() for each in objects]
    return {"cluster": clouds.google.call("container", "GET", f"/v1/{name.name}"), "inside": inside}


def _files(copy: Copy) -> Iterator[tuple[str, Any]]:
    """Yield each file of the folder, by its path in it."""
    for path in sorted(copy.folder.rglob("*")):
        inside = path.relative_to(copy.folder)
        if path.is_file() and inside.parts[0] != "home" and path != copy.setup:
            yield str(inside), _content(path)


def _content(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else text


def common(value: Any) -> Any:
    """Return a value without the keys that are its own, and with lists in an order of their own."""
    if isinstance(value, dict):
        return {key: common(item) for key, item in value.items() if key not in _OF_ITS_OWN}
    if isinstance(value, list):
        return sorted((common(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", value) if isinstance(value, str) else value
