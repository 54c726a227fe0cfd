"""Requests to a cluster's API server: objects of many kinds, as JSON, YAML, protobuf and patches."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

from wizard.sandbox.kubernetes.kinds import STORED
from wizard.sandbox.process import Sandbox

from .sending import Answer, authorized, request, send
from .values import DEPTHS, KINDS, mutated, mutated_bytes, nested, nested_inside

_POD = {
    "serviceAccountName": "scorer",
    "containers": [
        {
            "name": "main",
            "image": "python:3.12",
            "command": ["python"],
            "env": [{"name": "A", "value": "b"}],
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
            "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
            "volumeMounts": [{"name": "token", "mountPath": "/token"}],
        }
    ],
    "volumes": [{"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}],
    "nodeSelector": {"iam.gke.io/gke-metadata-server-enabled": "true"},
}
_TEMPLATE = {"metadata": {"labels": {"app": "x"}}, "spec": _POD}
_SELECTED = {"replicas": 1, "selector": {"matchLabels": {"app": "x"}}, "template": _TEMPLATE}
_RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["a"]}]
PARTS: dict[str, dict[str, Any]] = {
    "pods": {"spec": _POD},
    "deployments": {"spec": _SELECTED},
    "jobs": {"spec": {"template": {"spec": {**_POD, "restartPolicy": "Never"}}, "backoffLimit": 0}},
    "cronjobs": {"spec": {"schedule": "0 * * * *", "jobTemplate": {"spec": {"template": _TEMPLATE}}}},
    "daemonsets": {"spec": _SELECTED},
    "statefulsets": {"spec": {**_SELECTED, "serviceName": "x"}},
    "replicasets": {"spec": _SELECTED},
    "serviceaccounts": {"automountServiceAccountToken": True, "imagePullSecrets": [{"name": "x"}]},
    "roles": {"rules": _RULES},
    "clusterroles": {"rules": _RULES, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}},
    "rolebindings": {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        "subjects": [{"kind": "ServiceAccount", "name": "scorer", "namespace": "anti-fraud"}],
    },
    "services": {"spec": {"selector": {"app": "x"}, "ports": [{"port": 80, "targetPort": 8080}]}},
    "configmaps": {"data": {"a": "b"}, "binaryData": {"c": "ZA=="}},
    "secrets": {"data": {"a": "Yg=="}, "type": "Opaque"},
    "networkpolicies": {"spec": {"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}},
    "poddisruptionbudgets": {"spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}}},
}
"""What objects have besides names."""

REVIEWS: dict[str, dict[str, Any]] = {
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": {
        "spec": {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "anti-fraud"}}
    },
    "/apis/authorization.k8s.io/v1/subjectaccessreviews": {
        "spec": {"user": "a", "groups": ["b"], "nonResourceAttributes": {"path": "/", "verb": "get"}}
    },
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": {"spec": {"namespace": "anti-fraud"}},
    "/apis/authentication.k8s.io/v1/tokenreviews": {"spec": {"token": "x", "audiences": ["y"]}},
    "/apis/authentication.k8s.io/v1/selfsubjectreviews": {},
    "/api/v1/namespaces/anti-fraud/serviceaccounts/default/token": {
        "spec": {"audiences": ["acme-payments.svc.id.goog"], "expirationSeconds": 600}
    },
    "/api/v1/namespaces/anti-fraud/pods/x/eviction": {"deleteOptions": {"dryRun": ["All"]}},
}
MEDIA = (
    *("application/json", "application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "text/plain"),
    *("application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"),
    "application/apply-patch+yaml",
)
ODD = ("x" * 3000, "%", "%00", "..", "%ff", "é", "a b", "*", "-", "X", "😀", "status", "scale", "log", "token", "watch")
QUERIES = (
    *("labelSelector=app%20in%20(", "labelSelector=a%3D%3D%3D", "fieldSelector=metadata.name%3D", "limit=x"),
    *("resourceVersion=x", "resourceVersion=9" + "9" * 20, "dryRun=All", "dryRun=x", "fieldValidation=Strict"),
    *(
        "fieldManager=" + "x" * 200,
        "force=true",
        "watch=1&timeoutSeconds=x",
        "watch=1&resourceVersion=1&timeoutSeconds=1",
    ),
    *("tailLines=x", "container=y", "pretty=z", "continue=%00", "propagationPolicy=x", "gracePeriodSeconds=-1"),
)
_ALIASES = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"{chr(97 + n)}: &{chr(97 + n)} [{','.join(f'*{chr(96 + n)}' for _ in range(9))}]\n".encode() for n in range(1, 12)
)
HOSTILE = (
    *(_ALIASES, b"&a [*a]", b"metadata: &a {labels: *a}", b"!!python/object:os.system x", b"k8s\x00" + b"\xff" * 40),
    *(b"k8s\x00\n\x03\n\x01v\x12" + b"\xff" * 9 + b"\x01", b'{"metadata": {"name": 1e999}}', b"NaN", b"[" * 100_000),
    *(
        b"- " * 5_000,
        b"{a: " * 3_000,
        b"? " * 3_000,
        b"\xff\xfe{}",
        b"%YAML 9.9\n---\n",
        b"---\n---\n",
        b"\x00",
        b"1" * 5000,
    ),
)
"""Bodies that some parser somewhere takes too long, or too much memory, for."""


def deep(sandbox: Sandbox) -> Iterator[bytes]:
    """Deep bodies for every place."""
    for count, place in enumerate([*_places(), *REVIEWS]):
        for media in ("application/json", "application/yaml"):
            kind, depth = KINDS[count % 4], DEPTHS[count % 3] if media.endswith("json") else 300
            yield _request(sandbox, "POST", place, nested(depth, kind), media)
            yield _request(sandbox, "POST", place, nested_inside({"metadata": {}}, "spec", depth, kind), media)
    for media in MEDIA[5:]:
        for kind in KINDS:
            place = "/api/v1/namespaces/anti-fraud/serviceaccounts/default?fieldManager=x"
            depth = 300 if media.endswith("yaml") else 5_000
            yield _request(sandbox, "PATCH", place, nested(depth, kind), media)
            document = nested_inside({}, "metadata", depth, kind)
            yield _request(sandbox, "PATCH", place, document, media)


def hostile(sandbox: Sandbox) -> Iterator[bytes]:
    """Bodies that are made to hurt, of every media type."""
    for body in HOSTILE:
        for media in MEDIA[1:4]:
            yield _request(sandbox, "POST", "/api/v1/namespaces/anti-fraud/serviceaccounts", body, media)
        for media in MEDIA[5:]:
            place = "/api/v1/namespaces/anti-fraud/serviceaccounts/default?fieldManager=x"
            yield _request(sandbox, "PATCH", place, body, media)


def wrong(sandbox: Sandbox, random: Random) -> bytes:
    """A request with something wrong in its body, its path, its query, its media type or its method."""
    if random.random() < 0.2:
        place = random.choice(list(REVIEWS))
        document: Any = REVIEWS[place]
    else:
        place = random.choice(_places())
        plural = place.rpartition("/")[2]
        document = {"metadata": {"name": f"x{random.randrange(3)}", "labels": {"app": "x"}}, **PARTS.get(plural, {})}
    method, media = "POST", random.choice(MEDIA[:3]) if random.random() < 0.8 else random.choice(MEDIA)
    if place not in REVIEWS and random.random() < 0.5:
        method = random.choice(("PUT", "PATCH", "PATCH", "GET", "DELETE"))
        place = f"{place}/{quote(random.choice(['x0', 'x1', 'x2', 'default', 'scorer', *ODD[:9]]), safe='%')}"
        media = random.choice(MEDIA[5:]) if method == "PATCH" else media
    if random.random() < 0.15:
        place += "/" + quote(random.choice(ODD), safe="%")
    if random.random() < 0.05:
        method = random.choice(("TRACE", "OPTIONS", "PUT", "GET", "DELETE"))
    if random.random() < 0.4 or method == "PATCH":
        place += "?" + random.choice(QUERIES) + ("&fieldManager=x" if method == "PATCH" else "")
    body = mutated(random, document)
    if media == "application/json-patch+json":
        operation = random.choice(("add", "remove", "replace", "test", "copy", "move"))
        path = random.choice(("/metadata/labels/app", "/spec/replicas", "/metadata/annotations/x~1y", "", "/", "/x/-"))
        body = mutated(random, [{"op": operation, "path": path, "value": body, "from": "/metadata/labels"}])
    data = json.dumps(body).encode()
    if random.random() < 0.1:
        data = mutated_bytes(random, data)
    return _request(sandbox, method, place, data, media)


def answered(sandbox: Sandbox, sent: bytes) -> Answer:
    """What the API server answers."""
    return send(_port(sandbox), sent)


def _places() -> list[str]:
    """The paths of all collections that have objects, in a namespace where there are namespaces."""
    found = []
    for kind in STORED:
        prefix = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
        namespace = "/namespaces/anti-fraud" if kind.namespaced else ""
        found.append(f"{prefix}{namespace}/{kind.plural}")
    return found


def _port(sandbox: Sandbox) -> int:
    port = urlsplit(sandbox.variables["WIF_WIZARD_SANDBOX_KUBERNETES"]).port
    assert port is not None
    return port


def _request(sandbox: Sandbox, method: str, target: str, body: bytes, media: str) -> bytes:
    headers = {**authorized(sandbox), "Content-Type": media}
    return request(method, quote(target, safe="/:?&=%"), f"127.0.0.1:{_port(sandbox)}", body, headers)
