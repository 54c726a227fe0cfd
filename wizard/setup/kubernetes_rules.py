"""The rules of Kubernetes for names.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ (namespaces, service accounts).
"""

from __future__ import annotations

from wizard.language import _
from wizard.setup.rules import Broken, full

DNS_LABEL = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
DNS_SUBDOMAIN = r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"

_LABEL = "use up to 63 lowercase letters, digits and hyphens; do not start or end with a hyphen (a DNS label)"


def namespace(text: str) -> Broken | None:
    """Check the name of a Kubernetes namespace."""
    if full(DNS_LABEL, text):
        return None
    return Broken(_('"{text}" is not a valid namespace').format(text=text), _(_LABEL))


def service_account(text: str) -> Broken | None:
    """Check the name of a Kubernetes service account, without its namespace."""
    if full(DNS_SUBDOMAIN, text):
        return None
    if text.count("/") == 1:
        name = text.partition("/")[2]
        return Broken(
            _('"{text}" contains the namespace').format(text=text), _("use the name only: {name}").format(name=name)
        )
    return Broken(_('"{text}" is not a valid Kubernetes service account name').format(text=text), _(_LABEL))
