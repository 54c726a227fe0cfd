"""An EC2 instance finds the credentials of its role on IMDSv2, and on IMDSv1 where tokens are optional."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.sandbox.aws.served import Account, Accounts, Clock

PAGES = "/latest/meta-data/iam/security-credentials/"


@pytest.fixture
def account(accounts: Accounts) -> Account:
    return accounts(
        roles=[{"name": "reader", "service": "ec2.amazonaws.com"}],
        instance_profiles=[{"name": "reader-profile", "role": "reader"}],
        instances=[{"instance_profile": "reader-profile", "metadata_options": {"HttpTokens": "required"}}],
    )


def ask(account: Account, path: str, method: str = "GET", **headers: str) -> str:
    with urlopen(Request(account.cloud.endpoint + path, method=method, headers=headers)) as answer:
        return str(answer.read().decode())


def status(account: Account, path: str, method: str = "GET", **headers: str) -> int:
    with pytest.raises(HTTPError) as caught:
        ask(account, path, method, **headers)
    caught.value.close()
    return caught.value.code


def token(account: Account, seconds: int = 60) -> dict[str, str]:
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": str(seconds)}
    return {"X-aws-ec2-metadata-token": ask(account, "/latest/api/token", "PUT", **ttl)}


def test_the_instance_finds_its_role_and_place(account: Account) -> None:
    headers = token(account)
    assert ask(account, PAGES, **headers) == "reader"
    assert ask(account, "/latest/meta-data/placement/availability-zone", **headers) == "ap-northeast-1a"
    keys = json.loads(ask(account, PAGES + "reader", **headers))
    instance_id = ask(account, "/latest/meta-data/instance-id", **headers)
    identity = account.client("sts", keys).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::111122223333:assumed-role/reader/{instance_id}"
    assert json.loads(ask(account, PAGES + "reader", **headers)) | {"LastUpdated": ""} == keys | {"LastUpdated": ""}


def set_options(account: Account, **options: str) -> None:
    instance_id = ask(account, "/latest/meta-data/instance-id", **token(account))
    account.client("ec2").modify_instance_metadata_options(InstanceId=instance_id, **options)


def test_version_1_is_refused_where_tokens_are_required(account: Account) -> None:
    assert status(account, PAGES) == 401
    assert status(account, PAGES, **{"X-aws-ec2-metadata-token": "made up"}) == 401


def test_version_1_is_answered_where_tokens_are_optional(account: Account) -> None:
    set_options(account, HttpTokens="optional")
    assert ask(account, PAGES) == "reader"
    assert ask(account, PAGES, **token(account)) == "reader"
    assert status(account, PAGES, **{"X-aws-ec2-metadata-token": "made up"}) == 401


def test_a_service_that_is_switched_off_refuses_all(account: Account) -> None:
    headers = token(account)
    set_options(account, HttpEndpoint="disabled")
    assert status(account, PAGES, **headers) == 403
    assert status(account, "/latest/api/token", "PUT", **{"X-aws-ec2-metadata-token-ttl-seconds": "60"}) == 403


def test_a_token_ends_when_it_says(account: Account, clock: Clock) -> None:
    headers = token(account)
    clock.pass_by(61)
    assert status(account, PAGES, **headers) == 401


def test_a_token_is_asked_for_with_its_lifetime(account: Account) -> None:
    assert status(account, "/latest/api/token", "PUT") == 400
    assert status(account, "/latest/api/token", "PUT", **{"X-aws-ec2-metadata-token-ttl-seconds": "21601"}) == 400
    assert status(account, "/latest/api/token") == 405


def test_a_role_that_does_not_trust_ec2_gives_nothing(account: Account) -> None:
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"}'
    )
    document += ',"Action":"sts:AssumeRole"}]}'
    account.client("iam").update_assume_role_policy(RoleName="reader", PolicyDocument=document)
    answer = json.loads(ask(account, PAGES + "reader", **token(account)))
    assert answer["Code"] == "AssumeRoleUnauthorizedAccess"
    assert "AccessKeyId" not in answer


def test_without_an_instance_there_is_nothing_to_find(accounts: Accounts) -> None:
    empty = accounts()
    assert status(empty, PAGES, **token(empty)) == 404
