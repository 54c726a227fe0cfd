"""The instance metadata service of the EC2 instances of the account: IMDSv2, and IMDSv1 where tokens are optional.

Source: Amazon EC2 user guide, "Use the Instance Metadata Service" and "Configure the Instance Metadata Service
options"; IAM user guide, "Troubleshoot IAM and EC2".
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .directory import Directory, Role
from .identity import Key
from .messages import Reply
from .sts import Sts
from .trust import Trust
from .workloads import RENEWAL

EC2 = "ec2.amazonaws.com"
PREFIX = "/latest/"
INSTANCE_SESSION = 21_600
"""How long the credentials of an instance are good for, in seconds."""
LONGEST_TOKEN = 21_600
_SECONDS = re.compile(r"[0-9]{1,5}")

_TOKEN = "x-aws-ec2-metadata-token"
_CREDENTIALS = "meta-data/iam/security-credentials"
_PAGES: dict[str, Callable[[Any, str], str]] = {
    "meta-data/instance-id": lambda instance, _: str(instance.id),
    "meta-data/placement/availability-zone": lambda instance, _: str(instance.placement.zone),
    "meta-data/placement/region": lambda instance, _: str(instance.region_name),
    "dynamic/instance-identity/document": lambda instance, account: json.dumps(
        {
            "accountId": account,
            "availabilityZone": instance.placement.zone,
            "instanceId": instance.id,
            "region": instance.region_name,
        }
    ),
}


class InstanceMetadata:
    """Answers the requests under /latest/; in the worker thread."""

    def __init__(
        self, account: str, directory: Directory, trust: Trust, sts: Sts, clock: Callable[[], datetime]
    ) -> None:
        self._account = account
        self._directory = directory
        self._trust = trust
        self._sts = sts
        self._clock = clock
        self._tokens: dict[str, datetime] = {}
        self._keys: dict[str, Key] = {}

    def is_running(self, instance_id: str) -> bool:
        """Whether an instance runs. Raises KeyError if there is none of that id."""
        found = [instance for region in self._regions() for instance in region.all_instances()]
        states = {instance.id: instance.state for instance in found}
        return str(states[instance_id]) == "running"

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], instance_id: str | None = None, hops: int = 0
    ) -> Reply | None:
        """The reply to one request of an instance, without an ID: of the newest that runs; None if no reply arrives.

        `path` is the URL's path, header names are in lower case. `hops` are those from the instance to the client. The
        packets of the reply to a PUT request live for as many as the instance's hop limit, the instance itself being
        the first; those of other replies live long enough.
        """
        page = path.removeprefix(PREFIX)
        instance = self._instance(instance_id)
        options = None if instance is None else instance.metadata_options
        if options is not None and method == "PUT" and hops >= options.http_put_response_hop_limit:
            return None
        if options is not None and options.http_endpoint == "disabled":
            return _text(403, "403 - Forbidden")
        if page == "api/token":
            return self._session_token(method, headers)
        if not self._is_admitted(headers, needs_token=options is None or options.http_tokens == "required"):
            return _text(401, "401 - Unauthorized")
        if instance is None:
            return _text(404, "404 - Not Found")
        if page.startswith(_CREDENTIALS):
            return self._credentials(instance, page.removeprefix(_CREDENTIALS).strip("/"))
        render = _PAGES.get(page.rstrip("/"))
        return _text(404, "404 - Not Found") if render is None else _text(200, render(instance, self._account))

    def _is_admitted(self, headers: Mapping[str, str], needs_token: bool) -> bool:
        """Whether a request has a token that has not expired, or has none where it needs none."""
        if _TOKEN not in headers:
            return not needs_token
        expires = self._tokens.get(headers[_TOKEN])
        return expires is not None and expires > self._clock()

    def _session_token(self, method: str, headers: Mapping[str, str]) -> Reply:
        if method != "PUT":
            return _text(405, "405 - Method Not Allowed")
        if "x-forwarded-for" in headers:
            return _text(403, "403 - Forbidden")
        seconds = headers.get("x-aws-ec2-metadata-token-ttl-seconds", "")
        if not _SECONDS.fullmatch(seconds) or not 1 <= int(seconds) <= LONGEST_TOKEN:
            return _text(400, "400 - Bad Request")
        token = secrets.token_urlsafe(40)
        self._tokens[token] = self._clock() + timedelta(seconds=int(seconds))
        return _text(200, token, {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": seconds})

    def _instance(self, wanted: str | None) -> Any:
        running = [instance for region in self._regions() for instance in region.all_running_instances()]
        fitting = [instance for instance in running if wanted in (None, instance.id)]
        return fitting[-1] if fitting else None

    def _regions(self) -> Iterable[Any]:
        from moto.ec2.models import ec2_backends

        return ec2_backends[self._account].values()

    def _credentials(self, instance: Any, asked: str) -> Reply:
        association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
        role = None if association is None else self._directory.profile_role(association.iam_instance_profile.arn)
        if role is None or asked not in ("", role.name):
            return _text(404, "404 - Not Found")
        return _text(200, role.name if asked == "" else json.dumps(self._document(instance.id, role)))

    def _document(self, instance_id: str, role: Role) -> dict[str, str]:
        now = self._clock()
        updated = {"LastUpdated": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if not self._trust.admits_service(role, EC2, {}):
            text = f"EC2 cannot assume the role {role.name}."
            return {"Code": "AssumeRoleUnauthorizedAccess", "Message": text, **updated}
        key = self._keys.get(instance_id)
        if key is None or key.role_arn != role.arn or key.expires is None or key.expires - now < RENEWAL:
            key = self._keys[instance_id] = self._sts.session(role, instance_id, INSTANCE_SESSION)
        assert key.expires is not None and key.token is not None  # a session's key has both
        return {
            "Code": "Success",
            **updated,
            "Type": "AWS-HMAC",
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "Token": key.token,
            "Expiration": key.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, text.encode(), {"Content-Type": "text/plain", **(headers or {})})
