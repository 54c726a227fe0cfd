"""Pods, nodes and controllers with only the properties that a plan needs, so that long lists take little memory.

They are lightkube resources: msgspec ignores every property of an answer that they do not name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from lightkube.core.resource import GlobalResource, NamespacedResourceG
from lightkube.resources import apps_v1, batch_v1, core_v1

Labels = dict[str, str] | None


class Owner(msgspec.Struct):
    """An owner reference."""

    kind: str = ""
    name: str = ""
    controller: bool | None = None


class Metadata(msgspec.Struct):
    """The metadata of an object."""

    name: str = ""
    namespace: str = ""
    labels: Labels = None
    ownerReferences: list[Owner] | None = None  # noqa: N815 (Kubernetes' name)


class Placed(msgspec.Struct):
    """A pod's specification: its account, and the nodes on which it can run."""

    serviceAccountName: str | None = None  # noqa: N815
    hostNetwork: bool | None = None  # noqa: N815
    nodeName: str | None = None  # noqa: N815
    nodeSelector: Labels = None  # noqa: N815
    affinity: dict[str, Any] | None = None
    tolerations: list[dict[str, Any]] | None = None


class Phase(msgspec.Struct):
    """The phase of a pod."""

    phase: str | None = None


class Pod(NamespacedResourceG, msgspec.Struct):
    """A pod."""

    metadata: Metadata
    spec: Placed
    status: Phase | None = None
    _api_info = core_v1.Pod._api_info


class NodeSpec(msgspec.Struct):
    """The taints of a node."""

    taints: list[dict[str, Any]] | None = None


class Node(GlobalResource, msgspec.Struct):
    """A node."""

    metadata: Metadata
    spec: NodeSpec
    _api_info = core_v1.Node._api_info


class Template(msgspec.Struct):
    """A pod template."""

    spec: Placed


class JobSpec(msgspec.Struct):
    """The specification of the jobs of a CronJob."""

    template: Template


class JobTemplate(msgspec.Struct):
    """The jobs of a CronJob."""

    spec: JobSpec


class Condition(msgspec.Struct):
    """A condition of a job, such as Complete."""

    type: str = ""
    status: str = ""


class Conditions(msgspec.Struct):
    """The conditions of a job."""

    conditions: list[Condition] | None = None


class Controller(msgspec.Struct):
    """What Deployments, StatefulSets and Jobs have in common."""

    metadata: Metadata
    spec: JobSpec


class Deployment(NamespacedResourceG, Controller):
    """A Deployment."""

    _api_info = apps_v1.Deployment._api_info


class StatefulSet(NamespacedResourceG, Controller):
    """A StatefulSet."""

    _api_info = apps_v1.StatefulSet._api_info


class JobMetadata(Metadata):
    """The metadata of a job: also what tells whose live test it is, and how old."""

    annotations: dict[str, str] | None = None
    creationTimestamp: datetime | None = None  # noqa: N815 (Kubernetes' name)


class Job(NamespacedResourceG, Controller):
    """A Job."""

    metadata: JobMetadata
    status: Conditions | None = None
    _api_info = batch_v1.Job._api_info


class CronJob(NamespacedResourceG, msgspec.Struct):
    """A CronJob."""

    class Spec(msgspec.Struct):
        """The specification of a CronJob."""

        jobTemplate: JobTemplate  # noqa: N815

    metadata: Metadata
    spec: Spec
    _api_info = batch_v1.CronJob._api_info
