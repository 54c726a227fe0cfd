"""The limits that GKE and Kubernetes set to names.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ (namespaces, service accounts).
"""

import re

from wizard.setup.rules import Broken, full

GKE_NAME = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
GKE_LOCATION = r"^[a-z]+-[a-z]+[0-9]{1,2}(-[a-z])?$"
DNS_LABEL = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
DNS_SUBDOMAIN = r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
_AWS_REGION = r"^([a-z]{2}|eusc)(-[a-z]+){1,2}-[0-9]$"

_LABEL = "use up to 63 lower case letters, digits and dashes, no dash first or last (a DNS label)"


def cluster(text: str) -> Broken | None:
    """The name of a GKE cluster."""
    return _gke_name("cluster", text)


def node_pool(text: str) -> Broken | None:
    """The name of a node pool."""
    return _gke_name("node pool", text)


def _gke_name(kind: str, text: str) -> Broken | None:
    if full(GKE_NAME, text):
        return None
    if "/" in text or text.startswith("gke_"):
        name = re.split("[/_]", text.rstrip("/"))[-1]
        return Broken(f'"{text}" is more than the name of a {kind}', f"write the name alone: {name}")
    return Broken(
        f'"{text}" is no name of a {kind}',
        "use up to 40 lower case letters, digits and dashes, a letter first, no dash last",
    )


def location(text: str) -> Broken | None:
    """Where a GKE cluster is: a region, or a zone."""
    if full(GKE_LOCATION, text):
        return None
    if full(_AWS_REGION, text):
        return Broken(f'"{text}" is a region of AWS', "write Google's, such as asia-northeast1")
    return Broken(f'"{text}" is no location', "write a region such as asia-northeast1, or a zone: asia-northeast1-a")


def namespace(text: str) -> Broken | None:
    """A Kubernetes namespace."""
    if full(DNS_LABEL, text):
        return None
    return Broken(f'"{text}" is no namespace', _LABEL)


def kubernetes_service_account(text: str) -> Broken | None:
    """The name of a Kubernetes service account, without its namespace."""
    if full(DNS_SUBDOMAIN, text):
        return None
    if text.count("/") == 1:
        return Broken(f'"{text}" has the namespace in it', f"write the name alone: {text.partition('/')[2]}")
    if "@" in text:
        fix = "write it as google_service_account; service_account is the name of one in Kubernetes"
        return Broken(f'"{text}" is a Google service account', fix)
    return Broken(f'"{text}" is no name of a Kubernetes service account', _LABEL)
