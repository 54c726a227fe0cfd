"""Reasons: known words of the clouds, each with the cause and the fix that belong to them."""

import pytest

from tests.chain.fakes import AUDIENCE, EMAIL
from tests.chain.sentences import field_names, known_names
from wizard.chain.hop import Outcome, Refusal
from wizard.chain.rule import first
from wizard.chain.target import Target, WantedRole
from wizard.federation.identifiers import ProviderName
from wizard.federation.principals import FederatedIdentity, principal_set
from wizard.modes.aws.live.facts import AwsTest, ProviderFacts
from wizard.modes.aws.live.hops import HOPS
from wizard.modes.aws.live.known import AwsFacts, AwsKnown
from wizard.modes.aws.live.reasons import RULES

BY_ID = {hop.id: hop for hop in HOPS}
CALLER = {"account": "111122223333", "arn": "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery/abc"}
ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
POOL = ProviderName.parse(AUDIENCE).pool
IDENTITY = FederatedIdentity(POOL, CALLER["arn"], (), {"aws_role": ROLE})
US = principal_set(POOL, "aws_role", ROLE)
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
STS_OFF = (
    "Security Token Service API has not been used in project 123456789012 before or it is disabled. Enable it by "
    "visiting https://console.developers.google.com/apis/api/sts.googleapis.com/overview?project=123456789012 then "
    "retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
)
CREDENTIALS_OFF = STS_OFF.replace("Security Token Service", "IAM Service Account Credentials").replace(
    "sts.googleapis.com", "iamcredentials.googleapis.com"
)
REPLAYED = "Received invalid AWS response of type {} with error message: {}"
INVALID_TARGET = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist."
)
INVALID_AUDIENCE = (
    'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See '
    "https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats."
)
TOO_LONG = (
    "The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or "
    "the incoming assertion to produce a mapped attribute that is less than 127 bytes."
)
NO_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
NOT_ACCEPTED = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
THROTTLED = (
    "The request was throttled due to rate limit: sts.googleapis.com/requests. Please retry after a few seconds."
)


def reason(hop_id, code, message, impersonated=False, **known):
    """Cause and fix in one text."""
    config = {"audience": AUDIENCE}
    if impersonated:
        config["service_account_impersonation_url"] = (
            f"https://x/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
        )
    targets = (Target("acme-analytics", (WantedRole("roles/bigquery.jobUser", ("bigquery.jobs.create",)),)),)
    test = AwsTest(config, targets, provider=known.pop("provider", None), members=known.pop("members", {}))
    outcome = Outcome(BY_ID[hop_id], "failed", refusal=Refusal(code, message), received=known.pop("received", {}))
    found = first(RULES, outcome, AwsKnown(test, CALLER, IDENTITY).facts(outcome))
    assert found, (code, message)
    return f"{found.cause} -> {found.fix}"


EXPIRED = "The security token included in the request is expired"
NOT_KNOWN = "The security token included in the request is invalid."
REJECTED = "The given credential is rejected by the attribute condition."
MALFORMED = "Invalid format of AWS credentials:Error at line 0:0: Unexpected end of stream : expected '{'"
REGION = "Credential should be scoped to a valid region, not 'ap-southeast-2'. "
CLOCK = "Signature expired: 1 is now earlier than 2 (3 - 15 min.)"
NO_METADATA_URL = "Unable to determine the AWS metadata server security credentials endpoint"
PERIMETER = "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x"
NO_JOBS = "Access Denied: Project x: User does not have bigquery.jobs.create permission in project x."
KEY = "type is 'service_account', not external_account: a key"

KNOWN = [
    ("exchange", "PERMISSION_DENIED", STS_OFF, "API sts.googleapis.com is disabled in project 123456789012"),
    ("impersonation", "PERMISSION_DENIED", CREDENTIALS_OFF, "API iamcredentials.googleapis.com is disabled"),
    ("exchange", "quota_exceeded", THROTTLED, "throttling"),
    ("exchange", "invalid_target", INVALID_TARGET, "does not exist, or it or its pool is disabled or deleted"),
    ("exchange", "invalid_request", INVALID_AUDIENCE, "not the full name of a provider"),
    ("exchange", "invalid_request", TOO_LONG, "longer than 127 bytes"),
    ("exchange", "unauthorized_client", REJECTED, "attribute condition does not admit"),
    ("exchange", "invalid_grant", REPLAYED.format("SignatureDoesNotMatch", NO_SIGNATURE), "secret key"),
    ("exchange", "invalid_grant", REPLAYED.format("ExpiredToken", EXPIRED), "the AWS keys have expired"),
    ("exchange", "invalid_grant", REPLAYED.format("InvalidClientTokenId", NOT_KNOWN), "AWS_SESSION_TOKEN"),
    ("exchange", "invalid_request", MALFORMED, "could not read"),
    ("caller-identity", "ExpiredToken", EXPIRED, "the AWS keys have expired"),
    ("caller-identity", "SignatureDoesNotMatch", REGION, "another region"),
    ("caller-identity", "SignatureDoesNotMatch", CLOCK, "clock"),
    ("caller-identity", "UNREACHABLE", "sts.eu-west-1.amazonaws.com: timed out", "amazonaws.com did not answer"),
    ("aws-credentials", "NoRegion", "Unable to determine AWS region", "AWS_REGION"),
    ("aws-credentials", "NoCredentials", "Unable to locate credentials", "taskRoleArn"),
    ("config", "ConfigError", "File /x/cred.json was not found.", "mount it"),
    ("config", "ConfigError", KEY, "delete the key"),
    ("permission", "UNAUTHENTICATED", NOT_ACCEPTED, "through a service account"),
    ("permission", "PERMISSION_DENIED", PERIMETER, "perimeter"),
    ("permission", "PERMISSION_DENIED", "The caller does not have permission", "no role on it"),
    ("permission", "PERMISSION_DENIED", NO_JOBS, "does not have the permission bigquery.jobs.create"),
    ("application", "RefreshError", NO_METADATA_URL, "AwsSecurityCredentialsSupplier"),
    ("application", "RefreshError", "Unable to determine AWS region", "AWS_REGION"),
]


@pytest.mark.parametrize(("hop_id", "code", "message", "words"), KNOWN, ids=[f"{k[0]}: {k[2][:24]}" for k in KNOWN])
def test_known_words_have_a_reason(hop_id: str, code: str, message: str, words: str):
    assert words in reason(hop_id, code, message)


@pytest.mark.parametrize(
    ("message", "members", "words"),
    [
        (DENIED, {}, f"check that the binding names {US}"),
        (DENIED, {"impersonation": ()}, "nobody has roles/iam.workloadIdentityUser"),
        (DENIED, {"impersonation": (f"serviceAccount:{EMAIL}",)}, f"not to this workload: serviceAccount:{EMAIL}"),
        (DENIED, {"impersonation": (US,)}, "not effective (yet)"),
        ("The caller does not have permission", {}, "does not have permission to impersonate"),
    ],
)
def test_a_denied_impersonation_is_told_by_who_is_bound(message: str, members: dict, words: str):
    assert words in reason("impersonation", "PERMISSION_DENIED", message, impersonated=True, members=members)


def test_a_service_account_that_is_not_there_is_named():
    message = f"Not found; Gaia id not found for email {EMAIL}"
    assert f"{EMAIL} does not exist" in reason("impersonation", "NOT_FOUND", message, impersonated=True)


def test_another_account_explains_whatever_the_token_service_says():
    found = reason("exchange", "invalid_grant", "whatever", provider=ProviderFacts("444455556666"))
    assert "is for AWS account 444455556666, but the workload's credentials are from account 111122223333" in found


def test_missing_roles_are_named_with_whom_to_grant_them_to():
    received = {"roles": [{"project": "acme-analytics", "role": "roles/bigquery.jobUser", "status": "missing"}]}
    direct = reason("permission", "MISSING", "not granted: bigquery.jobs.create", received=received)
    missing = "roles/bigquery.jobUser on acme-analytics"
    assert direct == f"the token is valid, but the workload does not have {missing} -> grant {missing} to {US}"
    impersonated = reason("permission", "MISSING", "x", impersonated=True, received=received)
    assert impersonated.endswith(f"grant {missing} to the service account {EMAIL}")


def test_words_that_nobody_knows_have_no_reason():
    outcome = Outcome(BY_ID["exchange"], "failed", refusal=Refusal("novel", "never seen before"))
    assert first(RULES, outcome, AwsKnown(AwsTest({})).facts(outcome)) is None


def test_every_field_of_every_sentence_exists():
    for rule in RULES:
        assert field_names(rule) <= known_names(rule, AwsFacts), rule
        assert set(rule.hops) <= set(HOPS)
