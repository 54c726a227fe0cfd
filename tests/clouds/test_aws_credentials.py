"""Why the operator's AWS credentials do not work, and what to do: that depends on where they come from."""

from pathlib import Path

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from wizard.clouds import aws_credentials
from wizard.clouds.errors import CloudError, ExpiredCredentials, NoCredentials, RefusedCredentials, Unreachable

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "s"}
IRSA = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/pod"}
CONFIG = """
[default]
region = eu-west-1
[profile office]
sso_session = acme
[profile admin]
role_arn = arn:aws:iam::111122223333:role/admin
source_profile = office
[profile console]
login_session = arn:aws:iam::111122223333:user/lee
[profile vault]
credential_process = /bin/vault
[profile stored]
aws_access_key_id = AKIAEXAMPLE
[profile machine]
role_arn = arn:aws:iam::111122223333:role/admin
credential_source = Ec2InstanceMetadata
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """An environment with profiles of every kind."""
    config = tmp_path / "config"
    config.write_text(CONFIG, encoding="utf-8")
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}


def client_error(code: str, message: str = "no") -> ClientError:
    """What botocore raises for a refusal."""
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    return ClientError(answer, "GetRole")


@pytest.mark.parametrize(
    ("environ", "title", "advice"),
    [
        (KEYS, "AWS access keys in the environment", "export new AWS access keys"),
        ({**KEYS, "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE"}, "AWS access keys in the environment", "set AWS_SESSION_TOKEN"),
        (IRSA, "(IRSA)", "AWS_ROLE_ARN"),
        ({"AWS_PROFILE": "office"}, "AWS profile office", "aws sso login --profile office"),
        ({"AWS_PROFILE": "admin"}, "AWS profile admin", "aws sso login --profile admin"),
        ({"AWS_PROFILE": "console"}, "AWS profile console", "aws login --profile console"),
        ({"AWS_PROFILE": "vault"}, "AWS profile vault", "credential_process"),
        ({"AWS_PROFILE": "stored"}, "AWS profile stored", "aws configure --profile stored"),
        ({"AWS_PROFILE": "machine"}, "AWS profile machine", "check the role that the profile machine assumes"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1"}, "task or pod", "pod identity association"),
        ({}, "AWS profile default", "set AWS_PROFILE"),
    ],
)
def test_the_advice_fits_the_source(files: dict[str, str], environ: dict[str, str], title: str, advice: str) -> None:
    source = aws_credentials.source({**files, **environ})
    assert title in source.title
    assert advice in source.renew
    refused = aws_credentials.refusal("iam", "get_role", client_error("ExpiredToken"), {**files, **environ})
    assert refused.hint == source.renew


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ExpiredToken", ExpiredCredentials),
        ("ExpiredTokenException", ExpiredCredentials),
        ("RequestExpired", ExpiredCredentials),
        ("InvalidClientTokenId", RefusedCredentials),
        ("UnrecognizedClientException", RefusedCredentials),
        ("SignatureDoesNotMatch", RefusedCredentials),
    ],
)
def test_expired_and_refused_keys_are_told_apart(code: str, kind: type[CloudError]) -> None:
    error = aws_credentials.refusal("iam", "get_role", client_error(code), KEYS)
    assert type(error) is kind
    assert (error.reason, error.message, error.transient) == (code, "no", False)


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("Credential should be scoped to a valid region, not 'x'. ", "aws.region"),
        ("Signature expired: 20260102T030405Z is now earlier than", "correct the clock"),
    ],
)
def test_a_signature_that_fails_for_another_reason_is_not_blamed_on_the_keys(message: str, advice: str) -> None:
    error = aws_credentials.refusal("iam", "get_role", client_error("SignatureDoesNotMatch", message), KEYS)
    assert not isinstance(error, NoCredentials)
    assert advice in error.hint


def test_any_other_refusal_is_told_in_the_clouds_words() -> None:
    answer = {"Error": {"Code": "AccessDenied", "Message": "User is not authorized"}}
    error = aws_credentials.refusal("iam", "get_role", ClientError(answer, "GetRole"), KEYS)
    assert not isinstance(error, NoCredentials)
    assert (error.status, error.reason, error.message) == (None, "AccessDenied", "User is not authorized")


@pytest.mark.parametrize(
    ("error", "environ", "kind", "advice"),
    [
        (exceptions.NoCredentialsError(), {}, NoCredentials, "aws sso login"),
        (exceptions.NoCredentialsError(), {"AWS_SECRET_ACCESS_KEY": "s"}, NoCredentials, "set both"),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE"},
            NoCredentials,
            "set both",
        ),
        (exceptions.ProfileNotFound(profile="x"), {"AWS_PROFILE": "x"}, NoCredentials, "default, office, admin"),
        (exceptions.UnauthorizedSSOTokenError(), {"AWS_PROFILE": "office"}, ExpiredCredentials, "--profile office"),
        (exceptions.SSOTokenLoadError(error_msg="x"), {"AWS_PROFILE": "office"}, ExpiredCredentials, "aws sso login"),
        (
            exceptions.CredentialRetrievalError(provider="custom-process", error_msg="x"),
            {"AWS_PROFILE": "vault"},
            NoCredentials,
            "credential_process",
        ),
        (exceptions.ConnectTimeoutError(endpoint_url="https://iam.amazonaws.com/"), {}, Unreachable, "HTTPS_PROXY"),
    ],
)
def test_absent_ended_and_unreachable_are_told_apart(
    files: dict[str, str],
    error: exceptions.BotoCoreError,
    environ: dict[str, str],
    kind: type[CloudError],
    advice: str,
) -> None:
    told = aws_credentials.no_answer("iam", "get_role", error, {**files, **environ})
    assert type(told) is kind
    assert advice in told.hint
