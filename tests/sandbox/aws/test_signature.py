"""The gate lets nobody in whose signature does not hold."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.aws.served import REGION, Account, Accounts, Clock, refusal
from wizard.sandbox.aws import AccessKey, AwsRefusal, CallerIdentity
from wizard.sandbox.aws.identity import Key
from wizard.sandbox.aws.messages import message
from wizard.sandbox.aws.signature import verify

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
INVALID = "The security token included in the request is invalid."
WHO = CallerIdentity("111122223333", "arn:aws:iam::111122223333:user/operator", "AIDAEXAMPLE")
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGNED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

# Two requests signed by google-auth with fixed keys and a fixed clock; the target header is not among the signed ones.
TARGET = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
TEMPORARY = (
    "https://sts.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
    {
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/sts/aws4_request, "
        "SignedHeaders=host;x-amz-date;x-amz-security-token, "
        "Signature=4d742c3455b5c5292de5c77f331a696d8a7dda9805dd627c847a19c9848cded4",
        "host": "sts.us-east-1.amazonaws.com",
        "x-amz-date": "20260102T030405Z",
        "x-amz-security-token": "SESSIONTOKENEXAMPLE==",
        "x-goog-cloud-target-resource": TARGET,
    },
    "SESSIONTOKENEXAMPLE==",
)
LONG_LIVED = (
    "https://sts.eu-west-3.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
    {
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-3/sts/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=c93f23d4cac59c0fe669da6dbab1ea41fa84ffb5ad2d104136569a3f8d30542e",
        "host": "sts.eu-west-3.amazonaws.com",
        "x-amz-date": "20260102T030405Z",
        "x-goog-cloud-target-resource": TARGET,
    },
    None,
)


def checked(url: str, headers: dict[str, str], token: str | None, now: datetime = SIGNED_AT) -> CallerIdentity:
    key = Key("AKIDEXAMPLE", SECRET, WHO, "user", token)
    _, found = verify(message("POST", url, headers), {"AKIDEXAMPLE": key}.get, now)
    return found.identity


@pytest.mark.parametrize("vector", [TEMPORARY, LONG_LIVED], ids=["temporary", "long-lived"])
def test_what_google_auth_signs_is_verified(vector: tuple[str, dict[str, str], str | None]) -> None:
    assert checked(*vector) == WHO


@given(
    path=st.text("abc /%+~é.", max_size=12),
    query=st.lists(st.tuples(st.text("ab /&=+é", min_size=1, max_size=5), st.text("ab /&=+é", max_size=5)), max_size=4),
    body=st.binary(max_size=40),
)
def test_whatever_botocore_signs_is_verified_and_nothing_else(
    path: str, query: list[tuple[str, str]], body: bytes
) -> None:
    url = f"http://127.0.0.1:8080/{quote(path)}?{urlencode(query, quote_via=quote)}"
    request = AWSRequest("POST", url, data=body)
    SigV4Auth(Credentials("AKIDEXAMPLE", SECRET), "batch", REGION).add_auth(request)
    headers = {**request.headers, "Host": "127.0.0.1:8080"}
    find = {"AKIDEXAMPLE": Key("AKIDEXAMPLE", SECRET, WHO, "user")}.get
    now = datetime.now(UTC)
    verify(message("POST", url, headers, body), find, now)
    for other in (("GET", url, body), ("POST", url + "&more=1", body), ("POST", url, body + b"x")):
        with pytest.raises(AwsRefusal, match="does not match"):
            verify(message(other[0], other[1], headers, other[2]), find, now)


def test_another_url_than_the_signed_one_does_not_match() -> None:
    url, headers, token = TEMPORARY
    with pytest.raises(AwsRefusal) as caught:
        checked(url.replace("GetCallerIdentity", "GetSessionToken"), headers, token)
    assert (caught.value.code, caught.value.message, caught.value.status) == ("SignatureDoesNotMatch", MISMATCH, 403)


def test_a_header_added_after_signing_does_not_matter_but_a_signed_one_does() -> None:
    url, headers, token = LONG_LIVED
    assert checked(url, {**headers, "x-anything": "else"}, token) == WHO
    other = {**headers, "host": "sts.amazonaws.com"}
    with pytest.raises(AwsRefusal, match="Credential should be scoped to a valid region, not 'eu-west-3'"):
        checked(url, other, token)


def test_a_signature_is_good_for_fifteen_minutes_either_way() -> None:
    url, headers, token = LONG_LIVED
    assert checked(url, headers, token, SIGNED_AT.replace(minute=19)) == WHO
    with pytest.raises(AwsRefusal) as caught:
        checked(url, headers, token, SIGNED_AT.replace(minute=20))
    expected = "Signature expired: 20260102T030405Z is now earlier than 20260102T030505Z (20260102T032005Z - 15 min.)"
    assert (caught.value.code, caught.value.message) == ("SignatureDoesNotMatch", expected)
    with pytest.raises(AwsRefusal, match="Signature not yet current: 20260102T030405Z is still later than"):
        checked(url, headers, token, SIGNED_AT.replace(hour=2, minute=48))


def test_a_temporary_key_needs_its_token_and_no_other() -> None:
    url, headers, token = TEMPORARY
    for sent in ({}, {"x-amz-security-token": "another"}):
        rest = {name: value for name, value in headers.items() if name != "x-amz-security-token"}
        with pytest.raises(AwsRefusal) as caught:
            checked(url, {**rest, **sent}, token)
        assert (caught.value.code, caught.value.message) == ("InvalidClientTokenId", INVALID)


def test_the_account_identifies_the_signer_of_a_request_made_for_sts(accounts: Accounts) -> None:
    operator = {"name": "operator", "access_key_id": "AKIDEXAMPLE", "secret_access_key": SECRET}
    cloud = accounts(operator=operator).cloud
    url, headers, _ = LONG_LIVED
    found = cloud.identify("POST", url, headers, now=SIGNED_AT)
    assert (found.account, found.arn) == (WHO.account, WHO.arn)
    with pytest.raises(AwsRefusal, match="Signature expired"):
        cloud.identify("POST", url, headers)
    with pytest.raises(AwsRefusal, match="Could not find operation GetSessionToken"):
        cloud.identify("POST", url.replace("GetCallerIdentity", "GetSessionToken"), headers, now=SIGNED_AT)


def test_an_unsigned_request_is_refused() -> None:
    with pytest.raises(AwsRefusal) as caught:
        checked("https://sts.amazonaws.com?Action=GetCallerIdentity", {"host": "sts.amazonaws.com"}, None)
    assert caught.value.code == "MissingAuthenticationToken"


@pytest.mark.parametrize(
    ("service", "call", "unknown", "wrong"),
    [
        ("sts", "get_caller_identity", ("InvalidClientTokenId", 403), ("SignatureDoesNotMatch", 403)),
        ("iam", "list_roles", ("InvalidClientTokenId", 403), ("SignatureDoesNotMatch", 403)),
        ("ecs", "list_clusters", ("UnrecognizedClientException", 400), ("InvalidSignatureException", 400)),
        ("batch", "describe_job_queues", ("UnrecognizedClientException", 403), ("InvalidSignatureException", 403)),
        ("ec2", "describe_vpcs", ("AuthFailure", 401), ("AuthFailure", 401)),
    ],
)
def test_each_service_refuses_in_its_own_words(
    account: Account, service: str, call: str, unknown: tuple[str, int], wrong: tuple[str, int]
) -> None:
    stranger = AccessKey("AKIAAAAAAAAAAAAAAAAA", "secret")
    code, text, status = refusal(getattr(account.client(service, stranger), call))
    assert (code, status) == unknown
    assert service == "ec2" or text == INVALID
    mistaken = AccessKey(account.cloud.operator.access_key_id, "not the secret")
    code, text, status = refusal(getattr(account.client(service, mistaken), call))
    assert (code, status) == wrong
    assert service == "ec2" or text == MISMATCH


def test_a_body_other_than_the_declared_one_is_refused(account: Account) -> None:
    batch = account.client("batch")
    batch.meta.events.register("before-sign.*", _declare_body)
    assert batch.describe_job_queues(jobQueues=["loads"])["jobQueues"] == []
    batch.meta.events.register("before-send.*", _alter_body)
    code, text, status = refusal(batch.describe_job_queues, jobQueues=["loads"])
    assert (code, text, status) == ("InvalidSignatureException", MISMATCH, 403)


def _declare_body(request: AWSRequest, **_: object) -> None:
    request.headers["X-Amz-Content-SHA256"] = sha256(request.body).hexdigest()


def _alter_body(request: AWSPreparedRequest, **_: object) -> None:
    assert "x-amz-content-sha256" in request.headers["Authorization"].decode()
    request.body = request.body.replace(b"loads", b"other")


def test_an_old_signature_is_refused_in_the_words_of_aws(account: Account, clock: Clock) -> None:
    clock.pass_by(16 * 60)
    code, text, _ = refusal(account.client("sts").get_caller_identity)
    assert code == "SignatureDoesNotMatch"
    assert text.startswith("Signature expired: ")


def test_a_key_of_another_user_works_until_it_is_inactive(account: Account) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="second")
    made = iam.create_access_key(UserName="second")["AccessKey"]
    second = account.client("sts", AccessKey(made["AccessKeyId"], made["SecretAccessKey"]))
    assert second.get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:user/second"
    iam.update_access_key(UserName="second", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    assert refusal(second.get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_signature_in_the_query_string_is_verified_too(account: Account) -> None:
    operator = account.cloud.operator
    request = AWSRequest("GET", f"{account.cloud.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15")
    SigV4QueryAuth(Credentials(operator.access_key_id, operator.secret_access_key), "sts", REGION, 60).add_auth(request)
    with urlopen(Request(request.url, headers={"Accept": "application/json"})) as answer:
        assert b"arn:aws:iam::111122223333:user/operator" in answer.read()


def test_a_caller_cannot_choose_the_account(account: Account) -> None:
    iam = account.client("iam")
    iam.meta.events.register("before-sign.*", _add_account_header)
    arn = iam.create_instance_profile(InstanceProfileName="mine")["InstanceProfile"]["Arn"]
    assert arn == "arn:aws:iam::111122223333:instance-profile/mine"


def _add_account_header(request: AWSRequest, **_: object) -> None:
    request.headers["x-moto-account-id"] = "444455556666"


def test_moto_s_own_interface_is_not_reachable(account: Account) -> None:
    batch = account.client("batch")
    batch.meta.events.register("before-sign.*", _to_moto)
    assert refusal(batch.describe_job_queues)[0] == "UnknownOperationException"


def _to_moto(request: AWSRequest, **_: object) -> None:
    request.url = request.url.replace("/v1/describejobqueues", "/moto-api/reset")


def test_no_secret_is_in_the_log(account: Account) -> None:
    account.client("sts").get_caller_identity()
    text = json.dumps(account.calls())
    assert account.cloud.operator.secret_access_key not in text
    assert "Signature" not in text
