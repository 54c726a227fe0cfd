"""Requests to Google's APIs: every route of the sandbox, with bodies that fit, and what is made of them."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote

from tests.sandbox.google.test_any_body import GOOD
from wizard.sandbox.google.apis import MOUNTS
from wizard.sandbox.google.calls import Route
from wizard.sandbox.process import Sandbox

from .sending import authorized, proxy_port, request
from .values import DEPTHS, KINDS, mutated, nested, nested_inside

PARTS = (
    *("acme-analytics", "123456789012", "global", "aws-prod", "nightly-load@acme-analytics.iam.gserviceaccount.com"),
    *("-", "sts.googleapis.com", "roles/viewer", "payments", "asia-northeast1", "default-pool"),
)
ODD = ("x" * 3000, "%", "%zz", "%00", "%2e%2e", "..", "%ff%fe", "é", "a b", "::", "*", "0", "-1", "{x}", "$", "😀")
PARAMETERS = ("pageSize", "pageToken", "filter", "updateMask", "fields", "alt", "$.xgafv", "view", "prettyPrint", "x")
BODIES: tuple[Any, ...] = (
    *(body for _, _, body in GOOD.values()),
    {"cluster": {"name": "new", "nodePools": [{"name": "p", "config": {"machineType": "e2-medium"}}]}},
    {"update": {"desiredNodePoolId": "default-pool", "desiredWorkloadIdentityConfig": {"workloadPool": "x"}}},
    {"nodePool": {"name": "p", "initialNodeCount": 1, "config": {"oauthScopes": ["x"]}}},
    {"role": {"title": "t", "includedPermissions": ["bigquery.jobs.create"], "stage": "GA"}, "roleId": "loader"},
    {
        "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/a/providers/b",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "subjectToken": "%7B%22url%22%3A%22https%3A%2F%2Fsts.amazonaws.com%22%7D",
        "subjectTokenType": "urn:ietf:params:aws:token-type:aws4_request",
    },
)


def routes() -> list[tuple[str, Route]]:
    """Every API with every route."""
    return [(mount.prefix, route) for mount in MOUNTS for route in mount.routes]


def filled(random: Random, template: str, odd: float) -> str:
    """The path of a template; with the probability `odd`, each of its parameters is a strange one."""

    def value(_: re.Match[str]) -> str:
        return random.choice(ODD) if random.random() < odd else quote(random.choice(PARTS), safe="@/")

    return re.sub(r"\{\w+\+?\}", value, template)


def deep(sandbox: Sandbox) -> Iterator[bytes]:
    """Deep bodies for every route that takes a body, each at all depths in turn."""
    count = 0
    for api, route in routes():
        if route.method not in ("POST", "PUT", "PATCH"):
            continue
        path = filled(Random(0), route.template, 0)
        key = next(iter(route.body or ()), "policy")
        bodies = [nested(DEPTHS[count % 3], KINDS[count % 4]), nested(5_000, KINDS[(count + 1) % 4])]
        bodies += [nested_inside({}, key, DEPTHS[(count + 2) % 3], KINDS[(count // 3) % 4])]
        count += 1
        for body in bodies:
            yield _request(sandbox, route.method, f"/{api}{path}", body)


def wrong(sandbox: Sandbox, random: Random) -> bytes:
    """A request with wrong values in its body, its path, its query or its method."""
    api, route = random.choice(routes())
    if random.random() < 0.4:
        method, url, body = random.choice(list(GOOD.values()))
    else:
        method, url = route.method, f"/{api}{filled(random, route.template, 0.3)}"
        body = random.choice(BODIES)
        if route.body and random.random() < 0.5:
            body = {key: random.choice([body, "x", {"a": []}]) for key in route.body}
    if random.random() < 0.1:
        method = random.choice(("GET", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"))
    if random.random() < 0.4:
        mark = "&" if "?" in url else "?"
        known = [*PARAMETERS, *route.query]
        url += mark + f"{random.choice(known)}={quote(random.choice(['x', '-1', '99999999999999999999', *ODD]))}"
    data = json.dumps(mutated(random, body)).encode()
    return _request(sandbox, method, url, data)


def _request(sandbox: Sandbox, method: str, target: str, body: bytes) -> bytes:
    # Characters that a request line cannot have are a matter of wire.py.
    target = quote(target, safe="/:?&=%$@{}.,*-_~+")
    quota = {"x-goog-user-project": sandbox.variables["CLOUDSDK_CORE_PROJECT"]}
    return request(method, target, f"127.0.0.1:{proxy_port(sandbox)}", body, authorized(sandbox, **quota))
