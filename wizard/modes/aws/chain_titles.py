"""What the picture of the chain calls each hop, for a workload on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.chain_titles import short, target_title

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup


def titles(setup: AwsSetup) -> dict[str, str]:
    """Id of a hop -> its title, in the order of the way; no impersonation where access is direct."""
    account = (setup.service_account_email or "").partition("@")[0]
    way = of_credential(setup.aws.runtime, account, target_title(setup.access.grants))
    return {"config": "Config file"} | way | {"application": "Application"}


def of_credential(runtime: str, service_account: str = "", target: str = "Google Cloud") -> dict[str, str]:
    """The hops in which something is exchanged or asked for, without what the application has around them."""
    found = {
        "aws-credentials": RUNTIMES[runtime].role_title,
        "caller-identity": "AWS STS",
        "principal": "Provider",
        "exchange": "Google STS",
    }
    if service_account:
        found["impersonation"] = short(service_account)
    return found | {"permission": target}
