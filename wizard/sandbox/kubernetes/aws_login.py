"""The token with which a caller of AWS logs in to an EKS cluster: a signed GetCallerIdentity request, in base64.

Source: what `aws eks get-token` prints, and the Amazon EKS user guide, "Grant IAM users access to Kubernetes APIs".
"""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, urlsplit

from wizard.sandbox.aws.errors import AwsRefusal

from .requester import EVERYBODY, Requester
from .state import KubernetesState

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
MASTERS = "system:masters"
_SESSION = re.compile(r"arn:(?P<partition>[^:]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/[^/]+", re.ASCII)


def requester_of(state: KubernetesState, token: str) -> Requester | None:
    """Who a token of AWS stands for in this cluster; None if it is not a valid one for it, or of nobody it knows."""
    url = _url(token)
    signers = state.world.aws
    if url is None or signers is None:
        return None
    parts = urlsplit(url)
    signed = parse_qs(parts.query).get("X-Amz-SignedHeaders", [""])[0].split(";")
    is_sts = (parts.hostname or "").startswith("sts.") and parts.scheme == "https"
    if not is_sts or CLUSTER_HEADER not in signed:
        return None
    headers = {"host": parts.netloc, CLUSTER_HEADER: state.cluster.name}
    try:
        who = signers.identify("GET", url, headers, b"", state.world.clock())
    except AwsRefusal:
        return None
    if who.arn in state.cluster.admins:
        return Requester(who.arn, who.userid, (MASTERS, EVERYBODY))
    groups = state.cluster.access_entries.get(_principal(who.arn))
    return None if groups is None else Requester(who.arn, who.userid, (*groups, EVERYBODY))


def _principal(arn: str) -> str:
    """The user, or for a session its role, which access entries name."""
    session = _SESSION.fullmatch(arn)
    return f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}" if session else arn


def _url(token: str) -> str | None:
    if not token.startswith(PREFIX):
        return None
    encoded = token.removeprefix(PREFIX)
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        return None
