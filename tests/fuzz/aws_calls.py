"""Requests to AWS, validly signed, so that what is behind the signature is reached: every protocol of the sandbox."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from wizard.sandbox.aws.protocols import SERVICES, Service
from wizard.sandbox.process import Sandbox

from .sending import Answer, proxy_port, request, send
from .values import DEPTHS, KINDS, mutated, mutated_bytes, nested, nested_inside

ACCOUNT = "111122223333"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
_POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
TEXTS = (
    *(
        "ecsTaskExecutionRole",
        _ROLE,
        "nightly",
        "default",
        "x",
        "operator",
        "load",
        "FARGATE",
        "container",
        "python:3.12",
    ),
    *(f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}:cluster/default", "arn:aws:iam::aws:policy/AdministratorAccess", "load:1"),
    *(
        json.dumps(_TRUST),
        json.dumps(_POLICY),
        "",
        "..",
        "é" * 40,
        "\x00",
        "<x>&",
        "arn:",
        "arn:aws:iam::x:role/",
        "-1",
    ),
)
OFTEN = {
    "iam": (
        "CreateRole",
        "UpdateAssumeRolePolicy",
        "GetRole",
        "PutRolePolicy",
        "CreatePolicy",
        "SimulatePrincipalPolicy",
    ),
    "sts": ("AssumeRole", "GetCallerIdentity", "AssumeRoleWithWebIdentity", "GetSessionToken", "GetWebIdentityToken"),
    "ecs": (
        "RegisterTaskDefinition",
        "RunTask",
        "DescribeTasks",
        "StopTask",
        "CreateService",
        "DescribeTaskDefinition",
    ),
    "batch": ("RegisterJobDefinition", "SubmitJob", "DescribeJobs", "DescribeJobDefinitions", "CreateJobQueue"),
    "lambda": ("CreateFunction", "Invoke", "UpdateFunctionConfiguration", "GetFunction"),
    "ec2": ("RunInstances", "DescribeInstances", "DescribeVpcs", "DescribeSubnets", "AssociateIamInstanceProfile"),
    "ssm": ("SendCommand", "GetCommandInvocation", "DescribeInstanceInformation"),
}
"""What the wizard calls, or the sandbox answers itself."""

_SPECIAL = {"AssumeRolePolicyDocument": _TRUST, "PolicyDocument": _POLICY}


def calls_of(random: Random) -> tuple[Service, str]:
    """A service and one of its operations; half of the time one that the sandbox answers itself."""
    service = random.choice(list(SERVICES.values()))
    if service.actions is not None:
        return service, random.choice(sorted(service.actions))
    if service.name in OFTEN and random.random() < 0.6:
        return service, random.choice(OFTEN[service.name])
    return service, random.choice(_model(service).operation_names)


def deep(sandbox: Sandbox) -> Iterator[bytes]:
    """Deep JSON for every service: as the body, in it, and as a policy document."""
    random = Random(0)
    for service in SERVICES.values():
        for action in [*OFTEN.get(service.name, ()), *sorted(service.actions or _model(service).operation_names)[:3]]:
            operation = _model(service).operation_model(action)
            names = list(operation.input_shape.members) if operation.input_shape else []
            for count, depth in enumerate(DEPTHS):
                kind = KINDS[(count + len(action)) % 4]
                if service.protocol in ("query", "ec2"):
                    values = {name: nested(depth, kind).decode() for name in names if name in _SPECIAL} or {
                        names[0] if names else "x": nested(depth, kind).decode()
                    }
                    yield _form(sandbox, service, action, {"RoleName": "ecsTaskExecutionRole", **values})
                    continue
                key = random.choice(names) if names else "x"
                for body in (nested(depth, kind), nested_inside({}, key, depth, kind)):
                    yield _with_json(sandbox, service, operation, body, {})


def one_of_each(sandbox: Sandbox) -> Iterator[bytes]:
    """A harmless call to each service, and those that the wizard makes: each loads a service or its model."""
    for service in SERVICES.values():
        for action in OFTEN.get(service.name, (sorted(service.actions or _model(service).operation_names)[0],)):
            if service.protocol in ("query", "ec2"):
                yield _form(sandbox, service, action, {})
            else:
                yield _with_json(sandbox, service, _model(service).operation_model(action), b"{}", {})


def wrong(sandbox: Sandbox, random: Random) -> bytes:
    """A call with random parameters of the operation's names, of which some are wrong."""
    service, action = calls_of(random)
    operation = _model(service).operation_model(action)
    values = _value(random, operation.input_shape, 0) if operation.input_shape else {}
    if random.random() < 0.7:
        changed = mutated(random, values)
        values = changed if isinstance(changed, dict) or service.protocol not in ("query", "ec2") else {"x": changed}
    if service.protocol in ("query", "ec2"):
        fields = dict(_flat(values, service.protocol == "ec2"))
        if random.random() < 0.1:
            fields[random.choice(("Action", "Version", "MaxItems", "x.1.y", "Filter.-1.Name", "Filter.x"))] = "x"
        return _form(sandbox, service, action, fields)
    path = {name: values.get(name) for name in _in_uri(operation)} if isinstance(values, dict) else {}
    body = json.dumps(values).encode()
    if random.random() < 0.1:
        body = mutated_bytes(random, body)
    return _with_json(sandbox, service, operation, body, path)


def odd(sandbox: Sandbox, random: Random) -> bytes:
    """A call whose envelope is wrong: its target, its path, its media type, its form."""
    service = random.choice(list(SERVICES.values()))
    body = random.choice(
        (b"", b"{", b"[]", b"null", b"\xff\xfe", b"Action", b"Action=%", b"Action=&&==", b"<x/>", b"NaN")
    )
    target = random.choice(
        (f"{service.target}.", f"{service.target}.Nothing", "x", ".", f"{service.target}.ListTasks.x")
    )
    path = random.choice(
        ("/", "//", "/%00", "/%zz", "/..", "/v1/", "/v1/submitjob/x", "/2015-03-31/functions/%FF", "/?%", "/x?a")
    )
    media = random.choice(
        ("application/x-amz-json-1.1", "application/json", "text/xml", "", "multipart/form-data", "x;;=;")
    )
    method = random.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))
    return signed(sandbox, service, method, path, body, {"Content-Type": media, "X-Amz-Target": target})


def answered(sandbox: Sandbox, sent: bytes) -> Answer:
    """What AWS answers."""
    return send(proxy_port(sandbox), sent)


def _value(random: Random, shape: Shape, level: int) -> Any:
    """A random value of a shape: structures have what they must and some of the rest."""
    kind = shape.type_name
    if kind == "structure":
        names = [
            name
            for name in shape.members
            if name in shape.required_members or random.random() < (0.4 if level < 3 else 0.05)
        ]
        if level > 6:
            names = []
        return {name: _named(random, name, shape.members[name], level) for name in names}
    if kind == "list":
        return [_value(random, shape.member, level + 1) for _ in range(random.choice((0, 1, 1, 2)))]
    if kind == "map":
        return {random.choice(("a", "awslogs-group", "")): _value(random, shape.value, level + 1)}
    if kind == "string":
        return random.choice(shape.enum) if shape.enum and random.random() < 0.9 else random.choice(TEXTS)
    if kind == "boolean":
        return random.random() < 0.5
    if kind in ("integer", "long"):
        return random.choice((0, 1, 2, 256, 900, 3600, -1, 2**31))
    if kind in ("float", "double"):
        return random.choice((0.5, 1.0, -1.0))
    return random.choice(("2026-11-30T00:00:00Z", "eA==", 0)) if kind == "timestamp" else "eA=="


def _named(random: Random, name: str, shape: Shape, level: int) -> Any:
    if name in _SPECIAL and random.random() < 0.8:
        return json.dumps(mutated(random, _SPECIAL[name]) if random.random() < 0.5 else _SPECIAL[name])
    return _value(random, shape, level + 1)


def _flat(value: Any, is_ec2: bool, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Parameters as the query protocols have them."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            name = name[:1].upper() + name[1:] if is_ec2 else name
            yield from _flat(inner, is_ec2, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _flat(inner, is_ec2, f"{prefix}.{number}" if is_ec2 else f"{prefix}.member.{number}")
    else:
        yield prefix or "x", value if isinstance(value, str) else json.dumps(value)


def _in_uri(operation: OperationModel) -> list[str]:
    shape = operation.input_shape
    return (
        [name for name, member in shape.members.items() if member.serialization.get("location") == "uri"]
        if shape
        else []
    )


def _form(sandbox: Sandbox, service: Service, action: str, fields: Mapping[str, str]) -> bytes:
    form = {"Action": action, "Version": service.version, **fields}
    body = urlencode(form, errors="replace").encode()
    media = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return signed(sandbox, service, "POST", "/", body, media)


def _with_json(
    sandbox: Sandbox, service: Service, operation: OperationModel, body: bytes, path: Mapping[str, Any]
) -> bytes:
    if service.protocol == "json":
        headers = {"X-Amz-Target": f"{service.target}.{operation.name}", "Content-Type": "application/x-amz-json-1.1"}
        return signed(sandbox, service, "POST", "/", body, headers)

    def part(found: re.Match[str]) -> str:
        names = {member: name for name, member in _locations(operation).items()}
        value = path.get(names.get(found[1], found[1]))
        return quote(str(value if value not in (None, "") else "x"), safe="", errors="replace")

    target = re.sub(r"\{([^}+]+)\+?\}", part, operation.http["requestUri"])
    return signed(sandbox, service, operation.http["method"], target, body, {"Content-Type": "application/json"})


def _locations(operation: OperationModel) -> dict[str, str]:
    """The members in the URI, with the names that they have there."""
    shape = operation.input_shape
    names = _in_uri(operation)
    return {name: shape.members[name].serialization.get("name", name) for name in names} if shape else {}


def signed(
    sandbox: Sandbox, service: Service, method: str, path: str, body: bytes, headers: Mapping[str, str]
) -> bytes:
    """The request with botocore's own signature, by the operator's key."""
    variables = sandbox.variables
    host = f"{service.name}.amazonaws.com" if service.name == "iam" else f"{service.name}.ap-northeast-1.amazonaws.com"
    region = "us-east-1" if service.name == "iam" else "ap-northeast-1"
    signed = AWSRequest(method, f"http://{host}{path}", headers, body)
    key = Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(key, service.name, region).add_auth(signed)
    return request(method, f"http://{host}{path}", host, body, dict(signed.headers.items()))


@cache
def _model(service: Service) -> ServiceModel:
    name = service.model or service.name
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)
