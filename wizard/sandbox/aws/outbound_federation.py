"""Outbound identity federation: disabled, as it is in an account at first, and it cannot be enabled here.

Source: the service models of botocore for STS and IAM, GetWebIdentityToken and its kin.
"""

from __future__ import annotations

from .errors import AwsRefusal
from .handlers import Call, Handlers
from .messages import Reply

_DISABLED = "The outbound web identity federation feature is not enabled for this account."


def _get_token(_: Call) -> Reply:
    raise AwsRefusal("OutboundWebIdentityFederationDisabledException", _DISABLED, 403)


def _not_enabled(_: Call) -> Reply:
    raise AwsRefusal("FeatureDisabled", _DISABLED, 404)


HANDLERS: Handlers = {
    ("sts", "GetWebIdentityToken"): _get_token,
    ("iam", "GetOutboundWebIdentityFederationInfo"): _not_enabled,
    ("iam", "DisableOutboundWebIdentityFederation"): _not_enabled,
}
