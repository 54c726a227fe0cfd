"""The rules of GKE and Kubernetes for names.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ (namespaces, service accounts).
"""

import re

from wizard.clouds.controllers import KINDS
from wizard.language import _
from wizard.setup.kubernetes_rules import DNS_LABEL, DNS_SUBDOMAIN, namespace, service_account
from wizard.setup.rules import Broken, full

__all__ = ["DNS_LABEL", "DNS_SUBDOMAIN", "namespace"]

GKE_NAME = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
GKE_LOCATION = r"^[a-z]+-[a-z]+[0-9]{1,2}(-[a-z])?$"
_AWS_REGION = r"^([a-z]{2}|eusc)(-[a-z]+){1,2}-[0-9]$"


def cluster(text: str) -> Broken | None:
    """Check the name of a GKE cluster."""
    return _gke_name("cluster", text)


def node_pool(text: str) -> Broken | None:
    """Check the name of a node pool."""
    return _gke_name("node pool", text)


def _gke_name(kind: str, text: str) -> Broken | None:
    if full(GKE_NAME, text):
        return None
    if "/" in text or text.startswith("gke_"):
        name = re.split("[/_]", text.rstrip("/"))[-1]
        return Broken(
            _('"{text}" is not a valid {kind} name').format(text=text, kind=kind),
            _("use the name only: {name}").format(name=name),
        )
    return Broken(
        _('"{text}" is not a valid {kind} name').format(text=text, kind=kind),
        _("use up to 40 lowercase letters, digits and hyphens; start with a letter, and do not end with a hyphen"),
    )


def location(text: str) -> Broken | None:
    """Check the location of a GKE cluster: a region or a zone."""
    if full(GKE_LOCATION, text):
        return None
    if full(_AWS_REGION, text):
        return Broken(
            _('"{text}" is an AWS region, not a Google Cloud region').format(text=text),
            _("use a Google Cloud region such as asia-northeast1"),
        )
    return Broken(
        _('"{text}" is not a valid location').format(text=text),
        _("use a region such as asia-northeast1, or a zone such as asia-northeast1-a"),
    )


def kubernetes_service_account(text: str) -> Broken | None:
    """Check the name of a Kubernetes service account, without its namespace."""
    if "@" in text:
        fix = _(
            "move this value to google_service_account; the key service_account is for the Kubernetes service account"
        )
        return Broken(
            _('"{text}" is a Google service account, not a Kubernetes service account').format(text=text), fix
        )
    return service_account(text)


CONTROLLER = r"^(Deployment|StatefulSet|DaemonSet|CronJob)/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$"


def controller(text: str) -> Broken | None:
    """Check a controller of pods: KIND/NAME, such as Deployment/scorer."""
    if full(CONTROLLER, text):
        return None
    kind, _ignored, name = text.partition("/")
    known = {each.name.lower(): each.name for each in KINDS.values() if each.patchable}
    if kind.lower() in known and name:
        return Broken(
            _('"{text}" is not a valid controller').format(text=text),
            _("write {wanted}").format(wanted=f"{known[kind.lower()]}/{name.lower()}"),
        )
    if kind.lower() in ("job", "pod", "replicaset"):
        return Broken(
            _('the wizard cannot change the service account of "{text}"').format(text=text),
            _(
                "name the Deployment, StatefulSet, DaemonSet or CronJob that creates the pods, or recreate the "
                "object yourself"
            ),
        )
    return Broken(
        _('"{text}" is not a valid controller').format(text=text), _("write KIND/NAME, such as Deployment/scorer")
    )
