"""The titles of the hops in the picture of the credential chain, for a workload on AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wizard.language import _
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.chain_titles import short, target_title

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup


_CREDENTIALS: dict[str, dict[str, str]] = {
    "role": {"aws-credentials": "{role}", "caller-identity": "AWS STS"},
    "service account": {"subject-token": "{role}"},
}
"""What a workload is to Google -> the titles of the hops before its provider."""
_FIRST = ("aws-credentials", "subject-token")
"""The hops in which the workload finds its credentials."""


def titles(setup: AwsSetup) -> dict[str, str]:
    """Return the title of each hop by its ID, in order. Direct access has no impersonation."""
    account = (setup.service_account_email or "").partition("@")[0]
    credential = of_credential(setup.aws.runtime, account, target_title(setup.access.grants))
    return {"config": _("Config file")} | credential | {"application": _("Application")}


def in_workload(titles_by_hop: Mapping[str, str]) -> dict[str, str]:
    """Return the titles with the network step, which runs only in the workload itself."""
    hops = list(titles_by_hop.items())
    after = 1 + next(number for number, (hop, _ignored) in enumerate(hops) if hop in _FIRST)
    return dict([*hops[:after], ("network", _("Network")), *hops[after:]])


def of_credential(runtime: str, service_account: str = "", target: str = "Google Cloud") -> dict[str, str]:
    """Return the titles of the hops from the AWS credentials to the target, without the application's own hops."""
    credentials = _CREDENTIALS[RUNTIMES[runtime].workload_identity]
    titles_by_hop = {hop: title.format(role=RUNTIMES[runtime].role_title) for hop, title in credentials.items()}
    titles_by_hop |= {"principal": "Provider", "exchange": "Google STS"}
    if service_account:
        titles_by_hop["impersonation"] = short(service_account)
    return titles_by_hop | {"permission": target}
