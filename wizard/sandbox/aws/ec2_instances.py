"""EC2 instances: their metadata options and instance profiles, as far as moto forgets what a call does not name.

Source: Amazon EC2 API reference, RunInstances, ModifyInstanceMetadataOptions and ReplaceIamInstanceProfileAssociation,
and its error codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from .backend import Backend
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .messages import Message, Reply

_OPTIONS = {
    "HttpTokens": "http_tokens",
    "HttpPutResponseHopLimit": "http_put_response_hop_limit",
    "HttpEndpoint": "http_endpoint",
    "HttpProtocolIpv6": "http_protocol_ipv6",
    "InstanceMetadataTags": "instance_metadata_tags",
}
"""A parameter -> the attribute of moto's options."""


MOST = 100
"""Instances that an account can have at the same time. AWS counts their vCPUs instead."""

_DIGITS = 10
"""Numbers with so many digits are more than any account can have."""

_REFUSALS = {
    "InvalidParameterValue": "A value specified in a parameter is not valid, is unsupported, or cannot be used.",
    "MissingParameter": "The request is missing a required parameter.",
    "InstanceLimitExceeded": "You've reached the limit on the number of instances you can run concurrently.",
}
"""A code -> what the API reference says about it."""


@contextmanager
def instance_named(instance_id: str | None) -> Iterator[None]:
    """Let moto give the next instance this ID; with None, one of its own."""
    instances: Any = import_module("moto.ec2.models.instances")
    own = instances.random_instance_id
    if instance_id is not None:
        instances.random_instance_id = lambda: instance_id
    try:
        yield
    finally:
        instances.random_instance_id = own


class Ec2Instances:
    """RunInstances, ModifyInstanceMetadataOptions and ReplaceIamInstanceProfileAssociation."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.handlers: Handlers = {
            ("ec2", "RunInstances"): self._run,
            ("ec2", "ModifyInstanceMetadataOptions"): self._modify_options,
            ("ec2", "ReplaceIamInstanceProfileAssociation"): self._replace_profile,
        }

    def _run(self, call: Call) -> Reply:
        """As many instances as an account can have: moto would make any number, and be busy with them for good."""
        least, most = (_count(call.message.form.get(name)) for name in ("MinCount", "MaxCount"))
        if least is None or most is None:
            raise _refusal("MissingParameter")
        if not 1 <= least <= most:
            raise _refusal("InvalidParameterValue")
        if len(list(self._model(call.region).all_instances())) + least > MOST:
            raise _refusal("InstanceLimitExceeded")
        return call.sent_to(self._backend)

    def _modify_options(self, call: Call) -> Reply:
        """What the call does not name stays as it is."""
        found = [
            each for each in self._model(call.region).all_instances() if each.id == call.message.form.get("InstanceId")
        ]
        if not found:
            return call.sent_to(self._backend)
        options = found[0].metadata_options
        kept = {parameter: str(getattr(options, name)) for parameter, name in _OPTIONS.items()}
        body = urlencode({**kept, **call.message.form}).encode()
        return call.sent_to(self._backend, Message("POST", "http://127.0.0.1/", call.message.headers, body))

    def _replace_profile(self, call: Call) -> Reply:
        """The instance has the new profile, too, and not only the association."""
        reply = call.sent_to(self._backend)
        model = self._model(call.region)
        for instance_id, association in model.iam_instance_profile_associations.items():
            if reply.ok and association.association_id == call.message.form.get("AssociationId"):
                profile = {"Arn": association.iam_instance_profile.arn, "Id": association.association_id}
                model.modify_instance_attribute(instance_id, "iam_instance_profile", profile)
        return reply

    def _model(self, region: str) -> Any:
        from moto.ec2.models import ec2_backends

        return ec2_backends[self._backend.account][region]


def _count(text: str | None) -> int | None:
    """Return a number of instances: 0 if it is not a number; None if there is none."""
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) < _DIGITS else 0


def _refusal(code: str) -> AwsRefusal:
    return AwsRefusal(code, _REFUSALS[code])
