"""Reasons: known words of the clouds, each with the cause and the fix that belong to them."""

import shlex

import pytest

from tests.chain.fakes import AUDIENCE, EMAIL
from tests.chain.sentences import field_names, known_names
from wizard.chain.hop import Outcome, Refusal
from wizard.chain.rule import first
from wizard.chain.target import Target, WantedRole
from wizard.federation.aws import AWS_DEFAULT_MAPPING
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.gate import Gate
from wizard.federation.identifiers import ProviderName
from wizard.federation.principals import FederatedIdentity, principal, principal_set
from wizard.modes.aws.live.facts import AwsTest, Elsewhere, ProviderFacts
from wizard.modes.aws.live.hops import APPLICATION, PROBED_INSIDE, TASK
from wizard.modes.aws.live.known import AwsFacts, AwsKnown
from wizard.modes.aws.live.reasons import RULES

HOPS = (TASK, *PROBED_INSIDE, APPLICATION)
BY_ID = {hop.id: hop for hop in HOPS}
CALLER = {"account": "111122223333", "arn": "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery/abc"}
ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
POOL = ProviderName.parse(AUDIENCE).pool
IDENTITY = FederatedIdentity(POOL, CALLER["arn"], (), {"aws_role": ROLE})
US = principal_set(POOL, "aws_role", ROLE)
IMPERSONATE = "roles/iam.workloadIdentityUser"
TO_IMPERSONATE = (
    f"gcloud iam service-accounts add-iam-policy-binding {EMAIL} --role={IMPERSONATE} --member={US} --condition=None"
)
TO_RUN_JOBS = (
    "gcloud projects add-iam-policy-binding acme-analytics --role=roles/bigquery.jobUser --member={} --condition=None"
)
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
    test = AwsTest(
        config,
        targets,
        provider=known.pop("provider", ProviderFacts("111122223333")),
        members=known.pop("members", {}),
        elsewhere=known.pop("elsewhere", ()),
    )
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
KEY = "the type is 'service_account', not external_account: a key"

KNOWN = [
    ("exchange", "PERMISSION_DENIED", STS_OFF, "API sts.googleapis.com is disabled in project 123456789012"),
    ("impersonation", "PERMISSION_DENIED", CREDENTIALS_OFF, "API iamcredentials.googleapis.com is disabled"),
    ("exchange", "quota_exceeded", THROTTLED, "throttles"),
    (
        "exchange",
        "invalid_target",
        INVALID_TARGET,
        "does not exist, or the provider or its pool is disabled or deleted",
    ),
    ("exchange", "invalid_request", INVALID_AUDIENCE, "not the full name of a provider"),
    ("exchange", "invalid_request", TOO_LONG, "longer than 127 bytes"),
    ("exchange", "unauthorized_client", REJECTED, "attribute condition rejects"),
    ("exchange", "invalid_grant", REPLAYED.format("SignatureDoesNotMatch", NO_SIGNATURE), "secret access key"),
    ("exchange", "invalid_grant", REPLAYED.format("ExpiredToken", EXPIRED), "the AWS credentials have expired"),
    ("exchange", "invalid_grant", REPLAYED.format("InvalidClientTokenId", NOT_KNOWN), "AWS_SESSION_TOKEN"),
    ("exchange", "invalid_request", MALFORMED, "could not read"),
    ("caller-identity", "ExpiredToken", EXPIRED, "the AWS credentials have expired"),
    ("caller-identity", "SignatureDoesNotMatch", REGION, "a different region"),
    ("caller-identity", "SignatureDoesNotMatch", CLOCK, "clock"),
    ("caller-identity", "UNREACHABLE", "sts.eu-west-1.amazonaws.com: timed out", "amazonaws.com did not answer"),
    ("aws-credentials", "NoRegion", "Unable to determine AWS region", "AWS_REGION"),
    ("aws-credentials", "NoRegion", "AWS_REGION is set but empty", "is set, but empty"),
    ("aws-credentials", "NoRegion", "Unable to retrieve AWS region: HTTP 404", "does not return the AWS region"),
    (
        "aws-credentials",
        "NoRegion",
        "the response from region_url is not the name of an availability zone",
        "the name of a Local Zone",
    ),
    ("exchange", "quota_exceeded", "throttled due to rate limit: sts.googleapis.com/requests", "throttles"),
    ("permission", "PERMISSION_DENIED", "Permission 'a.b.get' denied by an IAM deny policy", "deny policy"),
    ("permission", "PERMISSION_DENIED", "denied by a principal access boundary policy", "boundary policy"),
    ("aws-credentials", "NoCredentials", "Unable to locate credentials", "taskRoleArn"),
    ("config", "ConfigError", "File /x/cred.json was not found.", "mount the file"),
    ("config", "ConfigError", KEY, "delete the service account key"),
    ("permission", "UNAUTHENTICATED", NOT_ACCEPTED, "through a service account"),
    ("permission", "PERMISSION_DENIED", PERIMETER, "perimeter"),
    ("permission", "PERMISSION_DENIED", "The caller does not have permission", "no role on the project"),
    ("permission", "PERMISSION_DENIED", NO_JOBS, "does not have the permission bigquery.jobs.create"),
    ("application", "RefreshError", NO_METADATA_URL, "AwsSecurityCredentialsSupplier"),
    ("application", "RefreshError", "Unable to determine AWS region", "AWS_REGION"),
]


SSO = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef"
PEOPLE = ("arn:aws:iam::111122223333:user/operator", "arn:aws:iam::111122223333:root", f"{SSO}/casey@acme.example")


@pytest.mark.parametrize("arn", PEOPLE)
def test_nobody_is_advised_to_admit_a_person_to_the_provider(arn: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(CALLER, "arn", arn)
    advice = reason("exchange", "unauthorized_client", REJECTED)
    assert "not the role of a workload" in advice and "--from here" in advice
    assert "update-aws" not in advice and "separate provider" not in advice


@pytest.mark.parametrize(("hop_id", "code", "message", "words"), KNOWN, ids=[f"{k[0]}: {k[2][:24]}" for k in KNOWN])
def test_known_words_have_a_reason(hop_id: str, code: str, message: str, words: str):
    assert words in reason(hop_id, code, message)


@pytest.mark.parametrize(
    ("message", "members", "words"),
    [
        (DENIED, {}, f"grant {IMPERSONATE} on {EMAIL} to {US}: {TO_IMPERSONATE}"),
        (DENIED, {"impersonation": ()}, "no principal has roles/iam.workloadIdentityUser"),
        (
            DENIED,
            {"impersonation": (f"serviceAccount:{EMAIL}",)},
            f"is granted only to {EMAIL} itself",
        ),
        (
            DENIED,
            {"impersonation": (f"serviceAccount:other-{EMAIL}",)},
            f"is granted to serviceAccount:other-{EMAIL}, but not to this workload",
        ),
        (DENIED, {"impersonation": (US,)}, "not effective"),
        ("The caller does not have permission", {}, "does not have permission to impersonate"),
    ],
)
def test_a_denied_impersonation_is_told_by_who_is_bound(message: str, members: dict, words: str):
    assert words in reason("impersonation", "PERMISSION_DENIED", message, impersonated=True, members=members)


def test_a_service_account_that_is_not_there_is_named():
    message = f"Not found; Gaia id not found for email {EMAIL}"
    assert f"does not find the service account {EMAIL}" in reason(
        "impersonation", "NOT_FOUND", message, impersonated=True
    )


def test_another_account_explains_whatever_the_token_service_says():
    found = reason("exchange", "invalid_grant", "whatever", provider=ProviderFacts("444455556666"))
    assert "is for AWS account 444455556666, but the workload's credentials are from account 111122223333" in found


def test_missing_roles_are_named_with_whom_to_grant_them_to():
    received = {"roles": [{"project": "acme-analytics", "role": "roles/bigquery.jobUser", "status": "missing"}]}
    direct = reason("permission", "MISSING", "not granted: bigquery.jobs.create", received=received)
    missing = "roles/bigquery.jobUser on acme-analytics"
    cause = f"the token is valid, but the workload does not have {missing}"
    assert direct == f"{cause} -> grant {missing} to {US}: {TO_RUN_JOBS.format(US)}"
    impersonated = reason("permission", "MISSING", "x", impersonated=True, received=received)
    command = TO_RUN_JOBS.format(f"serviceAccount:{EMAIL}")
    assert impersonated.endswith(f"grant {missing} to the service account {EMAIL}: {command}")


IAM_ARN = "arn:aws:iam::111122223333:role/rds-to-bigquery"
REJECTED = "The given credential is rejected by the attribute condition."
MISSES = [
    (f"attribute.aws_role == '{IAM_ARN}'", f"contains the ARN of the IAM role, {IAM_ARN}, but Google Cloud sees", None),
    (f"attribute.aws_role == '{ROLE.replace('/', '/batch/')}'", "with its path, ", None),
    (f"attribute.aws_role == '{ROLE}/0123'", "contains the name of one session, ", None),
    (f"attribute.aws_role == '{ROLE.upper()}'", "conditions are case-sensitive", None),
    (f"attribute.aws_role == '{ROLE.replace('rds', 'RDS')}'", "conditions are case-sensitive", None),
    (f"attribute.aws_role == '{ROLE.replace('1111', '4444')}'", "in another AWS account, ", None),
    (
        "attribute.aws_role == 'rds-to-bigquery'",
        "the name of the role, rds-to-bigquery, but the attribute mapping",
        None,
    ),
    (f"attribute.aws_role == '{ROLE}/'", "a stray character at the start or the end", None),
    (
        f"attribute.role == '{ROLE}'",
        "uses attribute.role, which the provider's attribute mapping does not define",
        "(attribute.role",
    ),
    (f"assertion.arn == '{IAM_ARN}'", "contains the ARN of the IAM role", "(assertion.arn == "),
]


@pytest.mark.parametrize(("condition", "cause", "corrected"), MISSES)
def test_a_condition_that_almost_admits_the_role_is_explained_and_corrected(
    condition: str, cause: str, corrected: str | None
):
    found = reason(
        "exchange", "unauthorized_client", REJECTED, provider=ProviderFacts("111122223333", condition=condition)
    )
    flags = found.partition(" update-aws ")[2].partition(" ")[2]
    (flag,) = shlex.split(flags)
    text = flag.removeprefix("--attribute-condition=")
    assert cause in found
    assert text.startswith(corrected or "attribute.aws_role in [")
    assert Gate(AWS_DEFAULT_MAPPING, text).admits(RoleSessions("111122223333", "rds-to-bigquery").session("another"))


@pytest.mark.parametrize(
    ("member", "cause"),
    [
        (US.replace(":sts:", ":iam:").replace("assumed-role", "role"), "contains the ARN of the IAM role"),
        (US.replace("rds", "RDS"), "only in letter case"),
        (US.replace("111122223333", "444455556666"), "is in a different AWS account"),
        (US.replace(POOL.project_number, "acme-analytics"), "must contain the project number"),
        (US.replace(POOL.pool, "another-pool"), "whose workload identity pool is not the workload's pool"),
        (US.replace("aws_role", "role"), "does not define the member's attribute"),
        (US.replace("principalSet:", "principal:"), "an attribute must start with principalSet://"),
        (principal(POOL, f"{ROLE}/another"), "contains the name of one session"),
    ],
)
def test_a_member_that_almost_names_the_role_is_explained_and_corrected(member: str, cause: str):
    received = {"roles": [{"project": "acme-analytics", "role": "roles/bigquery.jobUser", "status": "missing"}]}
    known = {"members": {"permission": (member,)}, "received": received}
    found = reason("permission", "MISSING", "not granted: bigquery.jobs.create", **known)
    assert f"the policy grants the role to {member}, " in found
    assert cause in found
    assert found.endswith(f"grant roles/bigquery.jobUser on acme-analytics to {US}: {TO_RUN_JOBS.format(US)}")
    impersonated = reason(
        "impersonation", "PERMISSION_DENIED", DENIED, impersonated=True, members={"impersonation": (member,)}
    )
    assert cause in impersonated
    assert impersonated.endswith(f": {TO_IMPERSONATE}")


def test_a_role_on_another_resource_or_of_another_holder_is_named():
    received = {"roles": [{"project": "acme-analytics", "role": "roles/bigquery.jobUser", "status": "missing"}]}
    on = "project acme-identity"
    direct = reason(
        "permission", "MISSING", "x", received=received, elsewhere=(Elsewhere("roles/bigquery.jobUser", US, on),)
    )
    assert direct == (
        "the workload has no role on the target of the test, only on other resources: roles/bigquery.jobUser on "
        f"project acme-identity -> grant roles/bigquery.jobUser on acme-analytics to {US}: {TO_RUN_JOBS.format(US)}"
    )
    account = Elsewhere("roles/bigquery.jobUser", f"serviceAccount:{EMAIL}", on)
    through = reason("permission", "MISSING", "x", True, received=received, elsewhere=(account,))
    assert through.startswith(
        f"the service account {EMAIL} has no role on the target of the test, only on other resources"
    )
    holder = reason("permission", "MISSING", "x", True, received=received, members={"permission": (US,)})
    assert f"the policy grants the role to {US}, but the workload calls the target as the service account" in holder
    assert f"grant roles/bigquery.jobUser on acme-analytics to the service account {EMAIL}: gcloud" in holder
    assert "another resource" not in reason("permission", "MISSING", "x", True, received=received)


def test_no_advice_has_the_name_of_a_session():
    whole = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn"}
    provider = ProviderFacts("111122223333", whole)
    members = {"impersonation": (), "permission": ()}
    denied = reason("impersonation", "PERMISSION_DENIED", DENIED, True, provider=provider, members=members)
    received = {"roles": [{"project": "acme-analytics", "role": "roles/bigquery.jobUser", "status": "missing"}]}
    missing = reason("permission", "MISSING", "x", provider=provider, members=members, received=received)
    for found in (denied, missing):
        assert "attribute.aws_role contains the name of the session" in found
        assert "/abc" not in found
        assert "use a separate provider" in found


def test_a_provider_of_another_type_is_named():
    found = reason("exchange", "invalid_request", "whatever", provider=ProviderFacts("", type="oidc"))
    assert found.startswith("the provider is for OpenID Connect (OIDC), not for AWS")


def test_words_that_nobody_knows_have_no_reason():
    outcome = Outcome(BY_ID["exchange"], "failed", refusal=Refusal("novel", "never seen before"))
    assert first(RULES, outcome, AwsKnown(AwsTest({})).facts(outcome)) is None


def test_every_field_of_every_sentence_exists():
    for rule in RULES:
        assert field_names(rule) <= known_names(rule, AwsFacts), rule
        assert set(rule.hops) <= {TASK, *HOPS}
