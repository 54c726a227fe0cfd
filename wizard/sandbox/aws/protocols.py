"""The services that are served, and how each of them encodes an answer or a refusal.

query (IAM, STS) and ec2 answer XML; json (ECS, CloudWatch Logs) and rest-json (Batch, Lambda, EKS) answer JSON.
Sources: the service models of botocore, and each service's "Common errors" page.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

from .errors import AwsRefusal
from .messages import Reply

Protocol = Literal["query", "ec2", "json", "rest-json", "rest-xml", "cbor"]
"""The last two are those of services that the sandbox does not have."""


@dataclass(frozen=True)
class Service:
    """One AWS service: `name` is its signing name, `version` its API's, `target` the prefix of its X-Amz-Target."""

    name: str
    protocol: Protocol
    version: str
    target: str = ""
    model: str = ""
    """botocore's name of the service, if it is another one."""
    actions: frozenset[str] | None = None
    """The actions that the sandbox has, if it has only some of them."""

    @property
    def namespace(self) -> str:
        """The XML namespace of its answers."""
        return f"https://{self.name}.amazonaws.com/doc/{self.version}/"


_RULES = frozenset(
    {
        "DeleteRule",
        "DescribeRule",
        "ListEventBuses",
        "ListRules",
        "ListTargetsByRule",
        "PutRule",
        "PutTargets",
        "RemoveTargets",
    }
)
_SCHEDULES = frozenset({"CreateSchedule", "DeleteSchedule", "GetSchedule", "ListSchedules", "UpdateSchedule"})
_PIPES = frozenset({"CreatePipe", "DeletePipe", "DescribePipe", "ListPipes"})
_MACHINES = frozenset(
    {"CreateStateMachine", "DeleteStateMachine", "DescribeStateMachine", "ListStateMachines", "UpdateStateMachine"}
)
# Rules, schedules, pipes and state machines can be described. Nothing here starts what they name.

SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("iam", "query", "2010-05-08"),
        Service("sts", "query", "2011-06-15"),
        Service("ec2", "ec2", "2016-11-15"),
        Service("ecs", "json", "2014-11-13", "AmazonEC2ContainerServiceV20141113"),
        Service("logs", "json", "2014-03-28", "Logs_20140328"),
        Service("ssm", "json", "2014-11-06", "AmazonSSM"),
        Service("batch", "rest-json", "2016-08-10"),
        Service("lambda", "rest-json", "2015-03-31"),
        Service("events", "json", "2015-10-07", "AWSEvents", actions=_RULES),
        Service("scheduler", "rest-json", "2021-06-30", actions=_SCHEDULES),
        Service("pipes", "rest-json", "2015-10-07", actions=_PIPES),
        Service("states", "json", "2016-11-23", "AWSStepFunctions", "stepfunctions", _MACHINES),
        Service("eks", "rest-json", "2017-11-01"),
    )
}

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that no XML document has."""

_JSON_CODES = {
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "ExpiredToken": "ExpiredTokenException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "AccessDenied": "AccessDeniedException",
    "InvalidAction": "UnknownOperationException",
}
_UNVALIDATED = AwsRefusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
_EC2_REFUSALS = {
    "InvalidClientTokenId": _UNVALIDATED,
    "SignatureDoesNotMatch": _UNVALIDATED,
    "ExpiredToken": AwsRefusal("RequestExpired", "Request has expired.", 400),
}


def refusal(service: Service, error: AwsRefusal) -> Reply:
    """The refusal in the service's protocol, so that the aws command and boto3 show it correctly."""
    request_id = str(uuid.uuid4())
    if service.protocol == "query":
        return _xml(error.status, _query_error(service, error, request_id), request_id)
    if service.protocol == "rest-xml":
        return _xml(error.status, _rest_error(service, error, request_id), request_id)
    if service.protocol == "cbor":
        return _cbor(error, request_id)
    if service.protocol == "ec2":
        translated = _for_ec2(error)
        return _xml(translated.status, _ec2_error(translated, request_id), request_id)
    code = _JSON_CODES.get(error.code, error.code)
    status = 400 if service.protocol == "json" and error.status < 500 else error.status
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": code, "Content-Type": _content_type(service)}
    return Reply(status, json.dumps({"__type": code, "message": error.message}).encode(), headers)


def answer(service: Service, action: str, result: Mapping[str, Any]) -> Reply:
    """The answer of a query-protocol action: mappings become nested elements, lists their members."""
    request_id = str(uuid.uuid4())
    body = (
        f'<{action}Response xmlns="{service.namespace}"><{action}Result>{_elements(result)}</{action}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
    )
    return _xml(200, body, request_id)


def json_reply(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON document as a reply."""
    return Reply(status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})


def _for_ec2(error: AwsRefusal) -> AwsRefusal:
    if error.code == "AccessDenied":
        text = f"You are not authorized to perform this operation. {error.message}"
        return AwsRefusal("UnauthorizedOperation", text, 403)
    return _EC2_REFUSALS.get(error.code, error)


def _escaped(text: str) -> str:
    """A text in XML; what no XML has becomes a question mark."""
    return escape(NOT_IN_XML.sub("?", text))


def _query_error(service: Service, error: AwsRefusal, request_id: str) -> str:
    blame = "Sender" if error.status < 500 else "Receiver"
    return (
        f'<ErrorResponse xmlns="{service.namespace}"><Error><Type>{blame}</Type><Code>{error.code}</Code>'
        f"<Message>{_escaped(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _rest_error(service: Service, error: AwsRefusal, request_id: str) -> str:
    if service.name != "s3":
        return _query_error(service, error, request_id)
    return (
        f"<Error><Code>{error.code}</Code><Message>{_escaped(error.message)}</Message><RequestId>{request_id}</RequestId>"
        "</Error>"
    )


def _cbor(error: AwsRefusal, request_id: str) -> Reply:
    """A refusal in Smithy RPC v2 CBOR: a map of two texts (RFC 8949)."""
    body = b"\xa2" + b"".join(map(_cbor_text, ("__type", error.code, "message", error.message)))
    headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-RequestId": request_id}
    return Reply(error.status, body, headers)


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    return b"\x79" + len(data).to_bytes(2, "big") + data


def _ec2_error(error: AwsRefusal, request_id: str) -> str:
    return (
        f"<Response><Errors><Error><Code>{error.code}</Code><Message>{_escaped(error.message)}</Message></Error></Errors>"
        f"<RequestID>{request_id}</RequestID></Response>"
    )


def _elements(values: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in values.items())


def _content(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, list):
        return "".join(f"<member>{_content(item)}</member>" for item in value)
    return _escaped(str(value).lower() if isinstance(value, bool) else str(value))


def _xml(status: int, body: str, request_id: str) -> Reply:
    return Reply(status, body.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": request_id})


def _content_type(service: Service) -> str:
    return "application/x-amz-json-1.1" if service.protocol == "json" else "application/json"
