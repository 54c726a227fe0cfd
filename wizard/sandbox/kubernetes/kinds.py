"""The kinds of object that the sandbox's clusters have, and what can be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
"""A Kubernetes object, as JSON."""

READ = ("get", "list", "watch")
ALL = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Kind:
    """One kind. `iam` is its plural as IAM's permissions spell it: container.serviceAccounts.create.

    `fields` are the keys that its objects may have; `verbs` is empty for what exists only inside of others.
    """

    group: str
    version: str
    kind: str
    iam: str
    fields: tuple[str, ...] = ("spec", "status")
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL
    short_names: tuple[str, ...] = ()
    in_all: bool = False
    """Whether `kubectl get all` shows it."""

    @property
    def plural(self) -> str:
        """The plural as in URLs: serviceaccounts."""
        return self.iam.lower()

    @property
    def singular(self) -> str:
        """The singular as kubectl takes it: serviceaccount."""
        return self.kind.lower()

    @property
    def api_version(self) -> str:
        """GROUP/VERSION, or the version alone in the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """PLURAL.GROUP, as messages name the resource."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


NAMESPACE = Kind("", "v1", "Namespace", "namespaces", namespaced=False, short_names=("ns",))
SERVICE_ACCOUNT = Kind(
    *("", "v1", "ServiceAccount", "serviceAccounts"),
    fields=("automountServiceAccountToken", "imagePullSecrets", "secrets"),
    short_names=("sa",),
)
POD = Kind("", "v1", "Pod", "pods", short_names=("po",), in_all=True)
EVENT = Kind(
    *("", "v1", "Event", "events"),
    fields=(
        *("action", "count", "eventTime", "firstTimestamp", "involvedObject", "lastTimestamp", "message", "reason"),
        *("related", "reportingComponent", "reportingInstance", "series", "source", "type"),
    ),
    short_names=("ev",),
)
NODE = Kind(
    "", "v1", "Node", "nodes", namespaced=False, verbs=("get", "list", "watch", "patch", "update"), short_names=("no",)
)
SECRET = Kind("", "v1", "Secret", "secrets", fields=("data", "immutable", "stringData", "type"))
CONFIG_MAP = Kind("", "v1", "ConfigMap", "configMaps", fields=("binaryData", "data", "immutable"), short_names=("cm",))
SERVICE = Kind("", "v1", "Service", "services", short_names=("svc",), in_all=True)
RESOURCE_QUOTA = Kind("", "v1", "ResourceQuota", "resourceQuotas", short_names=("quota",))
LIMIT_RANGE = Kind("", "v1", "LimitRange", "limitRanges", fields=("spec",), short_names=("limits",))
REPLICATION_CONTROLLER = Kind(
    "", "v1", "ReplicationController", "replicationControllers", short_names=("rc",), in_all=True
)
DISRUPTION_BUDGET = Kind("policy", "v1", "PodDisruptionBudget", "podDisruptionBudgets", short_names=("pdb",))
ADMISSION_POLICY = Kind(
    *("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingAdmissionPolicies"),
    namespaced=False,
)
ADMISSION_BINDING = Kind(
    *("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding", "validatingAdmissionPolicyBindings"),
    fields=("spec",),
    namespaced=False,
)
RUNTIME_CLASS = Kind(
    *("node.k8s.io", "v1", "RuntimeClass", "runtimeClasses"),
    fields=("handler", "overhead", "scheduling"),
    namespaced=False,
)
PRIORITY_CLASS = Kind(
    *("scheduling.k8s.io", "v1", "PriorityClass", "priorityClasses"),
    fields=("description", "globalDefault", "preemptionPolicy", "value"),
    namespaced=False,
    short_names=("pc",),
)
DEPLOYMENT = Kind("apps", "v1", "Deployment", "deployments", short_names=("deploy",), in_all=True)
REPLICA_SET = Kind("apps", "v1", "ReplicaSet", "replicaSets", short_names=("rs",), in_all=True)
STATEFUL_SET = Kind("apps", "v1", "StatefulSet", "statefulSets", short_names=("sts",), in_all=True)
DAEMON_SET = Kind("apps", "v1", "DaemonSet", "daemonSets", short_names=("ds",), in_all=True)
CONTROLLER_REVISION = Kind("apps", "v1", "ControllerRevision", "controllerRevisions", fields=("data", "revision"))
JOB = Kind("batch", "v1", "Job", "jobs", in_all=True)
CRON_JOB = Kind("batch", "v1", "CronJob", "cronJobs", short_names=("cj",), in_all=True)
TEMPLATES = {
    **dict.fromkeys((DEPLOYMENT, REPLICA_SET, STATEFUL_SET, DAEMON_SET, JOB), ("spec", "template")),
    REPLICATION_CONTROLLER: ("spec", "template"),
    CRON_JOB: ("spec", "jobTemplate", "spec", "template"),
}
"""Where the kinds that have pods made keep the template of these."""
NETWORK_POLICY = Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkPolicies", short_names=("netpol",))

ROLE = Kind("rbac.authorization.k8s.io", "v1", "Role", "roles", fields=("rules",))
CLUSTER_ROLE = Kind(
    *("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterRoles"),
    fields=("aggregationRule", "rules"),
    namespaced=False,
)
ROLE_BINDING = Kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "roleBindings", fields=("roleRef", "subjects"))
CLUSTER_ROLE_BINDING = Kind(
    *("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterRoleBindings"),
    fields=("roleRef", "subjects"),
    namespaced=False,
)
ROLES = (ROLE, CLUSTER_ROLE)
BINDINGS = (ROLE_BINDING, CLUSTER_ROLE_BINDING)

ACCESS_REVIEW = Kind(
    *("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfSubjectAccessReviews"),
    namespaced=False,
    verbs=("create",),
)
SUBJECT_REVIEW = Kind(
    *("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectAccessReviews"),
    namespaced=False,
    verbs=("create",),
)
LOCAL_REVIEW = Kind(
    *("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localSubjectAccessReviews"),
    verbs=("create",),
)
SELF_REVIEW = Kind(
    *("authentication.k8s.io", "v1", "SelfSubjectReview", "selfSubjectReviews"),
    fields=("status",),
    namespaced=False,
    verbs=("create",),
)
RULES_REVIEW = Kind(
    *("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfSubjectRulesReviews"),
    namespaced=False,
    verbs=("create",),
)
SCALE = Kind("autoscaling", "v1", "Scale", "scales", verbs=())
EVICTION = Kind("policy", "v1", "Eviction", "evictions", fields=("deleteOptions",), verbs=())
TOKEN_REQUEST = Kind("authentication.k8s.io", "v1", "TokenRequest", "tokenRequests", verbs=())
SELF_REVIEWS = (ACCESS_REVIEW, RULES_REVIEW, SELF_REVIEW)
"""What everybody may ask about themselves."""
REVIEWS = (*SELF_REVIEWS, SUBJECT_REVIEW, LOCAL_REVIEW)
"""What is asked and answered at once; nothing of it is stored."""

STORED = (
    *(NAMESPACE, SERVICE_ACCOUNT, POD, EVENT, NODE, DEPLOYMENT, REPLICA_SET, STATEFUL_SET, DAEMON_SET),
    *(JOB, CRON_JOB, NETWORK_POLICY, SECRET, CONFIG_MAP, SERVICE, RESOURCE_QUOTA, LIMIT_RANGE),
    *(REPLICATION_CONTROLLER, DISRUPTION_BUDGET, ADMISSION_POLICY, ADMISSION_BINDING, RUNTIME_CLASS, PRIORITY_CLASS),
    *(ROLE, CLUSTER_ROLE, ROLE_BINDING, CLUSTER_ROLE_BINDING, CONTROLLER_REVISION),
)
KINDS = (*STORED, *REVIEWS)


def find(group: str, version: str, plural: str) -> Kind | None:
    """The kind under that path, if the clusters have it."""
    return next((each for each in KINDS if (each.group, each.version, each.plural) == (group, version, plural)), None)


def of(api_version: str, kind: str) -> Kind | None:
    """The kind that an object names, if the clusters have it."""
    return next((each for each in KINDS if (each.api_version, each.kind) == (api_version, kind)), None)
