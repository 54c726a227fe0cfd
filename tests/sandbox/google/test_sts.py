"""The token service: who gets a federated token, and every refusal in the documented words."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox.google.federation import (
    ACCOUNT,
    AUDIENCE,
    BASIC,
    NUMBER,
    POOL,
    PROJECT,
    ROLE,
    TASK,
    Federation,
    refused,
)
from tests.sandbox.google.signing import encoded
from wizard.sandbox.faults import Fault, Faults
from wizard.sandbox.google.gateway import Answer

INVALID_AUDIENCE = (
    'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See '
    "https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats."
)
INVALID_TARGET = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist."
)
SUBJECT_TOO_LONG = (
    "The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or "
    "the incoming assertion to produce a mapped attribute that is less than 127 bytes."
)
REJECTED = "The given credential is rejected by the attribute condition."
WRONG_SIGNATURE = (
    "Received invalid AWS response of type SignatureDoesNotMatch with error message: The request signature we "
    "calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)
UNKNOWN_KEY = (
    "Received invalid AWS response of type InvalidClientTokenId with error message: The security token included in "
    "the request is invalid."
)
POOL_PATH, PROVIDER_PATH = f"iam/v1/{POOL}", f"iam/v1/{POOL}/providers/aws-{ACCOUNT}"


def test_an_aws_role_gets_a_federated_token(federation: Federation) -> None:
    answer = federation.exchange()

    assert answer.status == 200
    token = answer.body.pop("access_token")
    assert answer.body == {
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    caller = federation.world.tokens.find(token)
    assert caller is not None and caller.identity is not None
    assert caller.member == f"principal://iam.googleapis.com/{POOL}/subject/{ROLE}/{TASK}"
    assert caller.identity.attributes == {"aws_role": ROLE}


def test_the_json_variant_in_camel_case_is_understood_too(federation: Federation) -> None:
    form = federation.form()
    names = {"grant_type": "grantType", "requested_token_type": "requestedTokenType"}
    names |= {"subject_token_type": "subjectTokenType", "subject_token": "subjectToken"}
    body = {names.get(key, key): value for key, value in form.items()}

    assert federation.request("POST", "sts/v1/token", body, token=None).status == 200
    refused(federation.request("POST", "sts/v1/token", {**body, "scope": ["x"]}, token=None), "invalid_request")


def test_a_token_works_for_an_hour_and_within_the_policy(federation: Federation) -> None:
    token = federation.federated()
    query = {"query": "SELECT 1", "dryRun": True, "useLegacySql": False}
    path = f"bigquery/bigquery/v2/projects/{PROJECT}/queries"

    assert federation.request("POST", path, query, token=token).status == 403
    federation.grant("roles/bigquery.jobUser", f"principalSet://iam.googleapis.com/{POOL}/attribute.aws_role/{ROLE}")
    assert federation.request("POST", path, query, token=token).status == 200
    federation.pass_time(seconds=3600)
    assert federation.request("POST", path, query, token=token).status == 401


def test_a_bearer_token_is_refused_and_client_authentication_is_not(federation: Federation) -> None:
    form = urlencode(federation.form()).encode()

    refused(federation.request("POST", "sts/v1/token", form), "invalid_client", status=401)
    assert federation.request("POST", "sts/v1/token", form, token=None, authorization=BASIC).status == 200


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("grant_type", None, "unsupported_grant_type"),
        ("grant_type", "client_credentials", "unsupported_grant_type"),
        ("requested_token_type", None, "invalid_request"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:id_token", "invalid_request"),
        ("scope", None, "invalid_scope"),
        ("scope", "everything", "invalid_scope"),
        ("subject_token", None, "invalid_request"),
        ("subject_token_type", None, "invalid_request"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt", "invalid_request"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_refused(
    federation: Federation, field: str, value: str | None, error: str
) -> None:
    refused(federation.exchange(**{field: value}), error)


@pytest.mark.parametrize(
    "audience",
    [
        "",
        f"//iam.googleapis.com/{POOL}",
        f"//iam.googleapis.com/{AUDIENCE}",
        f"//iam.googleapis.com/https:{AUDIENCE}",
        f"https:{AUDIENCE}",
        AUDIENCE.removeprefix("//iam.googleapis.com/"),
        AUDIENCE.replace("global", "us-central1"),
        AUDIENCE + "/",
    ],
)
def test_an_audience_that_is_not_a_providers_full_name_is_refused(federation: Federation, audience: str) -> None:
    refused(federation.exchange(audience=audience), "invalid_request", INVALID_AUDIENCE)


@pytest.mark.parametrize(
    "audience",
    [
        AUDIENCE.replace(NUMBER, PROJECT),
        AUDIENCE.replace(NUMBER, "999999999999"),
        AUDIENCE.replace("aws-prod", "aws-test"),
        AUDIENCE + "x",
    ],
)
def test_a_target_that_does_not_exist_is_invalid(federation: Federation, audience: str) -> None:
    refused(federation.exchange(audience=audience), "invalid_target", INVALID_TARGET)


@pytest.mark.parametrize("path", [POOL_PATH, PROVIDER_PATH], ids=["pool", "provider"])
def test_a_disabled_or_deleted_target_is_invalid_until_it_is_back(federation: Federation, path: str) -> None:
    for method, target, body, undo, undo_body in (
        ("PATCH", f"{path}?updateMask=disabled", {"disabled": True}, f"{path}?updateMask=disabled", {}),
        ("DELETE", path, None, f"{path}:undelete", {}),
    ):
        federation.ok(method, target, body)
        refused(federation.exchange(), "invalid_target", INVALID_TARGET)
        federation.ok("PATCH" if method == "PATCH" else "POST", undo, undo_body)
        assert federation.exchange().status == 200


def test_issued_tokens_live_and_die_with_their_pool_but_not_with_their_provider(federation: Federation) -> None:
    federation.grant("roles/bigquery.jobUser", f"principalSet://iam.googleapis.com/{POOL}/*")
    token = federation.federated()

    def works() -> bool:
        path = f"bigquery/bigquery/v2/projects/{PROJECT}/queries"
        return federation.request("POST", path, {"query": "SELECT 1", "dryRun": True}, token=token).status == 200

    federation.ok("PATCH", f"{PROVIDER_PATH}?updateMask=disabled", {"disabled": True})
    assert works()
    federation.ok("DELETE", PROVIDER_PATH)
    assert works()
    federation.ok("PATCH", f"{POOL_PATH}?updateMask=disabled", {"disabled": True})
    assert not works()
    federation.ok("PATCH", f"{POOL_PATH}?updateMask=disabled", {"disabled": False})
    assert works()
    federation.ok("DELETE", POOL_PATH)
    assert not works()
    federation.ok("POST", f"{POOL_PATH}:undelete")
    assert works()


def test_the_service_must_be_on_in_the_pools_project(federation: Federation) -> None:
    federation.project.enabled.discard("sts.googleapis.com")

    answer = federation.exchange()

    assert answer.status == 403
    error = answer.body["error"]
    assert error["message"].startswith(
        f"Security Token Service API has not been used in project {NUMBER} before or it is disabled. Enable it by "
        f"visiting https://console.developers.google.com/apis/api/sts.googleapis.com/overview?project={NUMBER} then"
    )
    assert error["details"][0]["reason"] == "SERVICE_DISABLED"
    # A target that does not exist has no project whose services could be looked at.
    refused(federation.exchange(audience=AUDIENCE + "x"), "invalid_target", INVALID_TARGET)


def test_a_subject_token_that_is_no_aws_request_is_refused(federation: Federation) -> None:
    text = "Invalid format of AWS credentials:Error at line 0:0: Unexpected end of stream : expected '{'"

    refused(federation.exchange(subject_token="%20"), "invalid_grant", text)
    refused(federation.exchange(subject_token="AKIAEXAMPLE"), "invalid_grant")
    other = federation.caller.request(AUDIENCE, federation.now, url="https://sts.amazonaws.com?Action=AssumeRole")
    refused(federation.exchange(subject_token=encoded(other)), "invalid_grant")


def test_a_request_signed_for_another_provider_is_refused(federation: Federation) -> None:
    for target in (AUDIENCE.replace(NUMBER, PROJECT), AUDIENCE + "x", "https:https:" + AUDIENCE):
        token = encoded(federation.caller.request(target, federation.now))
        refused(federation.exchange(subject_token=token), "invalid_grant")
    with_https = encoded(federation.caller.request("https:" + AUDIENCE, federation.now))
    assert federation.exchange(subject_token=with_https).status == 200


def test_a_signature_that_does_not_hold_is_refused_in_aws_words(federation: Federation) -> None:
    request = federation.caller.request(AUDIENCE, federation.now)
    request["headers"][0]["value"] = request["headers"][0]["value"][:-4] + "beef"
    forged = type(federation.caller)(federation.caller.access_key_id, "other secret", federation.caller.token)

    refused(federation.exchange(subject_token=encoded(request)), "invalid_grant", WRONG_SIGNATURE)
    refused(
        federation.exchange(subject_token=encoded(forged.request(AUDIENCE, federation.now))),
        "invalid_grant",
        WRONG_SIGNATURE,
    )


def test_a_temporary_key_without_its_session_token_is_unknown(federation: Federation) -> None:
    bare = type(federation.caller)(federation.caller.access_key_id, federation.caller.secret_access_key)

    token = encoded(bare.request(AUDIENCE, federation.now))

    refused(federation.exchange(subject_token=token), "invalid_grant", UNKNOWN_KEY)


def test_a_request_is_good_for_fifteen_minutes(federation: Federation) -> None:
    token = encoded(federation.caller.request(AUDIENCE, federation.now))

    federation.pass_time(minutes=15)
    assert federation.exchange(subject_token=token).status == 200
    federation.pass_time(seconds=1)
    refused(federation.exchange(subject_token=token), "invalid_grant")


def test_callers_of_another_account_are_refused(federation: Federation) -> None:
    other = federation.aws.signer("arn:aws:sts::444455556666:assumed-role/rds-to-bigquery/x", account="444455556666")

    refused(federation.exchange(subject_token=encoded(other.request(AUDIENCE, federation.now))), "invalid_grant")


def test_a_subject_may_have_127_bytes(federation: Federation) -> None:
    def ask(length: int) -> Answer:
        arn = ROLE.ljust(length - 1 - len(TASK), "r") + "/" + TASK
        assert len(arn) == length
        signer = federation.aws.signer(arn)
        return federation.exchange(subject_token=encoded(signer.request(AUDIENCE, federation.now)))

    assert ask(127).status == 200
    refused(ask(128), "invalid_request", SUBJECT_TOO_LONG)


def mapping(**attributes: str) -> dict[str, Any]:
    """A mapping with custom attributes."""
    return {"google.subject": "assertion.arn", **{f"attribute.{key}": value for key, value in attributes.items()}}


@pytest.mark.parametrize(
    ("condition", "admitted"),
    [
        (f"attribute.aws_role == '{ROLE}'", True),
        (f"attribute.aws_role == 'arn:aws:sts::{ACCOUNT}:assumed-role/another'", False),
        (f"assertion.account == '{ACCOUNT}' && google.subject.startsWith('{ROLE}')", True),
        ("assertion.userid.startsWith('AROAEXAMPLE')", True),
        ("assertion.account", False),
        ("attribute.missing == 'x'", False),
    ],
)
def test_the_condition_decides_who_is_admitted(no_pools: Federation, condition: str, admitted: bool) -> None:
    no_pools.provide(attributeCondition=condition)

    if admitted:
        assert no_pools.exchange().status == 200
    else:
        refused(no_pools.exchange(), "unauthorized_client", REJECTED)


def test_a_mapping_of_its_own_replaces_the_default(no_pools: Federation) -> None:
    no_pools.provide(attributeMapping=mapping(account="assertion.account"))

    identity = no_pools.world.tokens.find(no_pools.federated()).identity

    assert identity is not None
    assert identity.attributes == {"account": ACCOUNT}


@pytest.mark.parametrize(
    "expressions",
    [
        mapping(gone="assertion.nothing"),
        {"google.subject": "assertion.arn", "google.groups": "assertion.arn"},
        {"google.subject": "''"},
        mapping(**{f"a{number}": "'" + "x" * 2000 + "'" for number in range(5)}),
    ],
    ids=["missing claim", "not a list", "empty subject", "more than 8 KB"],
)
def test_a_mapping_that_fails_on_the_caller_is_refused(no_pools: Federation, expressions: dict[str, str]) -> None:
    no_pools.provide(attributeMapping=expressions)

    refused(no_pools.exchange(), "invalid_request")


def test_an_oidc_provider_cannot_reach_its_issuer_from_here(no_pools: Federation) -> None:
    no_pools.ok(
        "POST", f"iam/v1/projects/{PROJECT}/locations/global/workloadIdentityPools?workloadIdentityPoolId=eks-prod", {}
    )
    path = POOL_PATH.replace("aws-prod", "eks-prod")
    document = {
        "oidc": {"issuerUri": "https://oidc.example.com"},
        "attributeMapping": {"google.subject": "assertion.sub"},
    }
    no_pools.ok("POST", f"{path}/providers?workloadIdentityPoolProviderId=eks-main", document)
    audience = f"//iam.googleapis.com/{POOL}/providers/eks-main".replace("aws-prod", "eks-prod")

    jwt = no_pools.exchange(
        audience=audience, subject_token_type="urn:ietf:params:oauth:token-type:jwt", subject_token="a.b.c"
    )

    refused(jwt, "invalid_grant", "Error connecting to the given credential's issuer.")
    refused(no_pools.exchange(audience=audience), "invalid_request")


def test_a_throttled_exchange_says_so_in_googles_words(federation: Federation) -> None:
    text = "The request was throttled due to rate limit: sts.googleapis.com/requests. Please retry after a few seconds."
    fault = Fault("sts.googleapis.com", "POST /v1/token", 429, "quota_exceeded", text, times=1)
    federation.world.faults = Faults([fault])

    refused(federation.exchange(), "quota_exceeded", text, status=429)
    assert federation.exchange().status == 200
