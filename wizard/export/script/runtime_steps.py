"""The steps for what runs the workload: definitions, functions and instances on AWS, and a cluster with its pods."""

from __future__ import annotations

from typing import Any

from wizard.clouds.controllers import KINDS
from wizard.engine.resource import Resource
from wizard.export.script.quoting import call, split
from wizard.export.script.steps import Make, Step, aws, compact, created, google
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.resources import registration
from wizard.resources.any_node_pool import AnyNodePool
from wizard.resources.cluster_pool import ClusterPool
from wizard.resources.definition import Revisions
from wizard.resources.ec2_instance import Ec2Instance
from wizard.resources.ecs_service import EcsService
from wizard.resources.job_definition import JobDefinition
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount
from wizard.resources.lambda_function import LambdaFunction
from wizard.resources.namespace import Namespace
from wizard.resources.node_pool import NodePool, metadata_command
from wizard.resources.pod_account import PodAccount
from wizard.resources.task_definition import TaskDefinition

_DEFINITIONS = "definitions.sh"


def definition(resource: Revisions) -> Step:
    """Return the step that registers a new revision of a definition."""
    wiring = {
        "fields": registration.input_fields(resource.api, resource.operation),
        "always": dict(resource.variables.always),
        "defaults": dict(resource.variables.defaults),
        "container": resource.container,
        "revision": resource.revision,
    }
    words = (str(resource), resource.api, resource.definition, resource.role.role, compact(wiring))
    return aws(f"Wire the {resource}", call("register_definition", *words), library=_DEFINITIONS)


def service(resource: EcsService) -> Step:
    """Return the step that deploys the newest revision of a task definition."""
    words = (resource.cluster, resource.service, resource.definition.definition)
    return aws(f"Update the {resource}", call("update_service", *words), library=_DEFINITIONS)


def function(resource: LambdaFunction) -> Step:
    """Return the step that gives a function its role and variables."""
    words = (resource.function, resource.role.role, compact(dict(resource.variables.always)))
    return aws(f"Wire the {resource}", call("update_function", *words), library=_DEFINITIONS)


def instance(resource: Ec2Instance) -> Step:
    """Return the step that gives an instance its role."""
    containers = "containers" if resource.containerized else ""
    words = (resource.instance, resource.role, containers)
    return aws(f"Wire the {resource}", call("update_instance", *words), library=_DEFINITIONS)


def cluster_pool(resource: ClusterPool) -> Step:
    """Return the step that puts a cluster into the workload identity pool of its project."""
    words = (*_place(resource.cluster), resource.pool, *created(resource))
    return google(
        f"Enable Workload Identity Federation for the cluster {resource.cluster.cluster}",
        call("ensure_cluster_pool", *words),
        library="cluster.sh",
    )


def node_pool(resource: NodePool) -> Step:
    """Return the step that gives a node pool the metadata server."""
    command = split(metadata_command(resource.cluster, resource.pool))
    return google(
        f"Switch the node pool {resource.pool} to the GKE metadata server",
        call("ensure_metadata_server", *_place(resource.cluster), resource.pool, *command),
        library="cluster.sh",
    )


def any_node_pool(resource: AnyNodePool) -> Step:
    """Return the step that checks that a node pool has the metadata server."""
    return google(
        f"Check the node pools of the cluster {resource.cluster.cluster}",
        call("check_node_pools", *_place(resource.cluster)),
        library="cluster.sh",
    )


def namespace(resource: Namespace) -> Step:
    """Return the step that creates a namespace."""
    words = (resource.cluster.context, resource.namespace)
    return _inside(f"Create the namespace {resource.namespace}", call("ensure_namespace", *words))


def account(resource: KubernetesServiceAccount) -> Step:
    """Return the step that creates a Kubernetes service account, and sets or removes its annotation."""
    place = (resource.cluster.context, resource.namespace, resource.service_account)
    words = (*place, ANNOTATION, resource.email or "")
    return _inside(f"Create the Kubernetes service account {resource.label}", call("ensure_account", *words))


def pods(resource: PodAccount) -> Step:
    """Return the step that changes the service account of a controller's pods."""
    kind = KINDS[resource.controller.kind]
    patch = resource.place.change({"serviceAccountName": resource.service_account})
    words = (
        resource.cluster.context,
        resource.namespace,
        resource.controller.kind,
        resource.controller.name,
        "".join(f".{key}" for key in kind.template),
        resource.service_account,
        compact(patch),
        "rolls out" if kind.rolls_out else "",
    )
    return _inside(f"Set the service account of the pods of {resource.label}", call("wire_pods", *words))


def _inside(title: str, line: str) -> Step:
    return Step("kubernetes", title, (line,), ("kubernetes.sh",))


def _place(cluster: ClusterName) -> tuple[str, str, str]:
    return cluster.project, cluster.location, cluster.cluster


RUNTIMES: dict[type[Resource], Make] = {
    JobDefinition: definition,
    TaskDefinition: definition,
    EcsService: service,
    LambdaFunction: function,
    Ec2Instance: instance,
    ClusterPool: cluster_pool,
    NodePool: node_pool,
    AnyNodePool: any_node_pool,
    Namespace: namespace,
    KubernetesServiceAccount: account,
    PodAccount: pods,
}
"""The kind of a resource -> its step."""


def credentials_command(resource: Any) -> tuple[str, str] | None:
    """Return the context of the cluster that a resource is in, and the command that creates it; None for others."""
    if not isinstance(resource, (Namespace, KubernetesServiceAccount, PodAccount)):
        return None
    cluster = resource.cluster
    place = f"--location={cluster.location} --project={cluster.project}"
    return cluster.context, f"gcloud container clusters get-credentials {cluster.cluster} {place}"
