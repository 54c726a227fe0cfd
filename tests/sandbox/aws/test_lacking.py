"""What the sandbox does not have is refused in one sentence, in the protocol of the service."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.sandbox.aws.served import Account, refusal

NOTHING_LEFT = "nothing left this machine"


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("s3", "list_buckets", {}),
        ("route53", "list_hosted_zones", {}),
        ("dynamodb", "list_tables", {}),
        ("sns", "list_topics", {}),
        ("mq", "list_brokers", {}),
        ("secretsmanager", "list_secrets", {}),
    ],
)
def test_a_service_is_named(account: Account, service: str, operation: str, parameters: dict[str, Any]) -> None:
    call = getattr(account.client(service), operation)
    expected = ("NotImplemented", f"the sandbox has no {service}; {NOTHING_LEFT}", 501)
    assert refusal(call, **parameters) == expected


def test_a_service_that_speaks_cbor_is_named(account: Account) -> None:
    answer = refusal(account.client("cloudwatch").list_metrics)
    assert answer == ("NotImplemented", f"the sandbox has no monitoring; {NOTHING_LEFT}", 501)


@pytest.mark.parametrize(
    ("host", "shape"),
    [
        ("s3.us-east-1.amazonaws.com", "<Error><Code>NotImplemented</Code><Message>{}</Message>"),
        ("my-bucket.s3.eu-west-3.amazonaws.com", "<Error><Code>NotImplemented</Code><Message>{}</Message>"),
        ("mq.us-gov-west-1.amazonaws.com", '"message": "{}"'),
    ],
)
def test_an_unsigned_request_is_answered_for_its_host(account: Account, host: str, shape: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(account.cloud.endpoint + "/things", headers={"Host": host}))
    body = caught.value.read().decode()
    caught.value.close()
    assert caught.value.code == 501
    assert shape.format(f"the sandbox has no {host}; {NOTHING_LEFT}") in body


def test_a_target_tells_the_service(account: Account) -> None:
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Host": "dynamodb.us-east-1.amazonaws.com"}
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(account.cloud.endpoint, b"{}", headers))
    document = json.load(caught.value)
    caught.value.close()
    assert document == {
        "__type": "NotImplemented",
        "message": f"the sandbox has no dynamodb.us-east-1.amazonaws.com; {NOTHING_LEFT}",
    }


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "name"),
    [
        ("iam", "list_service_specific_credentials", {}, "iam:ListServiceSpecificCredentials"),
        ("sts", "get_federation_token", {"Name": "someone"}, "sts:GetFederationToken"),
        ("ecs", "list_services_by_namespace", {"namespace": "x"}, "ecs:ListServicesByNamespace"),
        ("batch", "list_consumable_resources", {}, "batch:ListConsumableResources"),
        ("ec2", "describe_verified_access_groups", {}, "ec2:DescribeVerifiedAccessGroups"),
        ("iam", "enable_outbound_web_identity_federation", {}, "iam:EnableOutboundWebIdentityFederation"),
    ],
)
def test_an_operation_is_named(
    account: Account, service: str, operation: str, parameters: dict[str, Any], name: str
) -> None:
    code, text, status = refusal(getattr(account.client(service), operation), **parameters)
    assert (code, text, status) == ("NotImplemented", f"the sandbox has no {name}; {NOTHING_LEFT}", 501)


def test_outbound_federation_is_disabled(account: Account) -> None:
    token = account.client("sts").get_web_identity_token
    code, _, status = refusal(token, Audience=["https://example.com"], SigningAlgorithm="RS256")
    assert (code, status) == ("OutboundWebIdentityFederationDisabledException", 403)
    for operation in ("get_outbound_web_identity_federation_info", "disable_outbound_web_identity_federation"):
        code, _, status = refusal(getattr(account.client("iam"), operation))
        assert (code, status) == ("FeatureDisabled", 404)
