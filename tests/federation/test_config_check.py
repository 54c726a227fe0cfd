"""What is said about a credential configuration that comes from outside."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.chain.probe import config_problems
from wizard.chain.serve_credentials import pointed
from wizard.federation.config_check import Problem, find_problems
from wizard.federation.config_source import local_server
from wizard.federation.credential_config import ConfigError, credential_config, dump, parse
from wizard.federation.identifiers import ProviderName

PROVIDER = ProviderName.parse(
    "projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
)
EMAIL = "bigquery-loader@acme-analytics.iam.gserviceaccount.com"
GOOD = credential_config(PROVIDER, service_account=EMAIL, token_lifetime=1200, imdsv2=True) | {
    "token_info_url": "https://sts.googleapis.com/v1/introspect"
}
ABSENT = object()
IMPERSONATION = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{}:generateAccessToken"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def changed(where: str, value: object) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    *sections, key = where.split(".")
    part = document
    for section in sections:
        part = part[section]
    part[key] = value
    if value is ABSENT:
        del part[key]
    return document


def test_a_good_configuration_has_no_problem() -> None:
    assert find_problems(GOOD) == []
    assert find_problems(credential_config(PROVIDER)) == []


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        ("audience", PROVIDER.audience.replace("123456789012", "acme-analytics"), "is a project ID"),
        ("audience", "//iam.googleapis.com/" + PROVIDER.pool.name, "names the pool, not the provider"),
        ("audience", "//iam.googleapis.com/" + PROVIDER.audience, "twice"),
        ("audience", "https:" + PROVIDER.audience, "its prefix is not //iam.googleapis.com/"),
        ("audience", PROVIDER.name, "does not start with a host"),
        ("audience", ABSENT, "missing"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt", "not the type for AWS"),
        ("universe_domain", "evil.example", "all API calls"),
        ("token_url", "https://sts.evil.example/v1/token", 'send tokens to "sts.evil.example"'),
        ("token_url", "https://sts.googleapis.com.evil.example/v1/token", "send tokens to"),
        ("token_url", "https://evilsts.googleapis.com.example/v1/token", "send tokens to"),
        ("token_url", "https://storage.googleapis.com/v1/token", "send tokens to"),
        ("token_url", "https://iamcredentials.googleapis.com/v1/token", "send tokens to"),
        ("token_url", "https://sts.googleapis.com/\\v1/token", "is not a URL"),
        ("token_url", "https://sts.googleapis.com@evil.example/v1/token", "is not a URL"),
        ("token_url", "https://evil.example\\@sts.googleapis.com/v1/token", "is not a URL"),
        ("token_url", "https://evil.example#sts.googleapis.com/v1/token", "is not a URL"),
        ("token_url", "http://sts.googleapis.com/v1/token", "does not use https"),
        ("token_url", "https://sts.googleapis.com:8443/v1/token", "does not use https on port 443"),
        ("token_url", "https://sts.googleapis.com:port/v1/token", "is not a URL"),
        ("token_url", "file:///etc/passwd", "is not a URL"),
        ("token_url", "https://\u0455ts.googleapis.com/v1/token", "is not a URL"),
        ("token_url", 3, "is not a URL"),
        ("token_url", ABSENT, "is not a URL"),
        ("token_info_url", "https://evil.example/v1/introspect", "send tokens to"),
        ("service_account_impersonation_url", "https://evil.example/v1/x:generateAccessToken", "send tokens to"),
        (
            "service_account_impersonation_url",
            "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/not-an-email:generateAccessToken",
            "does not name a service account",
        ),
        (
            "service_account_impersonation_url",
            f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{EMAIL}:generateIdToken",
            ":generateIdToken, which returns ID tokens",
        ),
        (
            "service_account_impersonation_url",
            "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/SA_EMAIL:generateAccessToken",
            "SA_EMAIL is a placeholder",
        ),
        (
            "credential_source.url",
            "http://169.254.170.2/v2/credentials/x",
            "would use this URL as the instance metadata",
        ),
        ("service_account_impersonation.token_lifetime_seconds", 60, "is not a valid lifetime"),
        ("service_account_impersonation.token_lifetime_seconds", "1200", "is not a valid lifetime"),
        ("service_account_impersonation.token_lifetime_seconds", True, "is not a valid lifetime"),
        ("credential_source", ABSENT, "missing"),
        ("credential_source.executable", {"command": "/bin/sh -c id"}, "names a program"),
        ("credential_source.environment_id", "aws2", "not supported"),
        ("credential_source.environment_id", ABSENT, "not supported"),
        ("credential_source.regional_cred_verification_url", ABSENT, "missing"),
        ("credential_source.regional_cred_verification_url", "http://sts.us-east-1.amazonaws.com?A", "not an https"),
        ("credential_source.regional_cred_verification_url", "https://sts.amazonaws.com.evil.example", "not an https"),
        ("credential_source.url", "https://evil.example/creds", "not a URL of the instance metadata service"),
        ("credential_source.region_url", "http://169.254.169.254@evil.example/", "not a URL of the instance metadata"),
        ("credential_source.imdsv2_session_token_url", None, "not a URL of the instance metadata service"),
    ],
)
def test_each_thing_wrong_is_said_with_its_place_and_a_fix(where: str, value: object, says: str) -> None:
    problems = find_problems(changed(where, value))
    assert [problem.where for problem in problems if says in problem.what] == [where]
    assert {problem.where for problem in problems} == {where}
    assert all(problem.fix for problem in problems)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("token_url", "https://sts.googleapis.com:443/v1/token"),
        ("token_url", "https://sts.mtls.googleapis.com/v1/token"),
        ("token_url", "https://us-east1.sts.googleapis.com/v1/token"),
        ("token_url", "https://sts.us-east1.rep.googleapis.com/v1/token"),
        ("token_url", "https://us-east1-sts.googleapis.com/v1/token"),
        ("token_url", "https://sts-acme.p.googleapis.com/v1/token"),
        ("credential_source.regional_cred_verification_url", "https://sts.us-east-1.amazonaws.com?A=B"),
        ("credential_source.regional_cred_verification_url", "https://sts.amazonaws.com?A=B"),
        ("credential_source.regional_cred_verification_url", "https://sts-fips.us-east-1.amazonaws.com?A=B"),
        ("credential_source.regional_cred_verification_url", "https://sts.{region}.amazonaws.com.cn?A=B"),
        ("credential_source.regional_cred_verification_url", "https://sts.eusc-de-east-1.amazonaws.eu?A=B"),
        ("credential_source.regional_cred_verification_url", "https://sts.us-east-1.api.aws?A=B"),
        ("service_account_impersonation_url", IMPERSONATION.format("123456789012345678901")),
        ("service_account_impersonation_url", IMPERSONATION.format(EMAIL.replace("@", "%40"))),
        ("credential_source.url", "http://127.0.0.1:9090/latest/meta-data/iam/security-credentials"),
        ("credential_source.url", "http://[fd00:ec2::254]/latest/meta-data/iam/security-credentials"),
        ("credential_source.url", ABSENT),
        ("universe_domain", ABSENT),
        ("service_account_impersonation.token_lifetime_seconds", ABSENT),
    ],
)
def test_what_google_and_aws_allow_is_no_problem(where: str, value: object) -> None:
    assert find_problems(changed(where, value)) == []


def served(**changes: str) -> dict[str, Any]:
    """The configuration that serve-credentials makes, with other URLs in its source."""
    made = pointed(credential_config(PROVIDER), 16925)
    return {**made, "credential_source": {**made["credential_source"], **changes}}


def test_a_configuration_that_names_serve_credentials_is_no_problem() -> None:
    assert find_problems(served()) == []
    assert local_server(served()) == "127.0.0.1:16925"
    assert local_server(credential_config(PROVIDER, imdsv2=True)) == ""


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "evil.example#127.0.0.1",
        "10.0.0.1:16925",
        "2130706433",
        "0.0.0.0:16925",
    ],
)
@pytest.mark.parametrize("key", ["url", "region_url", "imdsv2_session_token_url"])
def test_another_host_that_looks_like_this_machine_is_refused(key: str, host: str) -> None:
    document = served(**{key: f"http://{host}/latest/meta-data/iam/security-credentials"})
    assert [problem.where for problem in find_problems(document)] == [f"credential_source.{key}"]
    assert local_server(document) == ""


@pytest.mark.parametrize(
    "host", ["127.0.0.1.evil.example", "localhost.evil.example", "evil.example#127.0.0.1", "10.0.0.1"]
)
def test_the_probe_knows_the_same_hosts(host: str) -> None:
    assert list(config_problems(served(), "aws")) == []
    document = served(url=f"http://{host}/latest/meta-data/iam/security-credentials")
    assert [problem.partition(":")[0] for problem in config_problems(document, "aws")] == [
        "credential_source.url is not the URL of a metadata service"
    ]


def test_a_service_account_key_is_called_what_it_is() -> None:
    (problem,) = find_problems({"type": "service_account", "private_key": "secret-material", "client_email": EMAIL})
    assert problem.where == "type"
    assert "service account key" in problem.what
    assert "secret-material" not in str(problem)


def test_several_problems_are_told_at_once() -> None:
    document = changed("audience", "x") | {"token_url": "https://evil.example", "subject_token_type": None}
    assert {problem.where for problem in find_problems(document)} == {"audience", "token_url", "subject_token_type"}


def test_this_machine_gets_no_tokens() -> None:
    loopback = credential_config(
        PROVIDER,
        service_account=EMAIL,
        universe_domain="acme.example",
        sts="http://127.0.0.1:8080/sts",
        iamcredentials="http://127.0.0.1:8080/iamcredentials",
    )
    assert {problem.where for problem in find_problems(loopback)} == {
        "universe_domain",
        "token_url",
        "service_account_impersonation_url",
    }


@given(json_values)
def test_no_document_makes_the_check_fail(document: object) -> None:
    assert all(isinstance(problem, Problem) for problem in find_problems(document))


@given(st.sampled_from(sorted(GOOD)), json_values)
def test_no_value_makes_the_check_fail(where: str, value: object) -> None:
    assert all(isinstance(problem, Problem) for problem in find_problems(changed(where, value)))


def test_what_is_written_reads_back() -> None:
    assert parse(dump(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON .line 1, column 1.*the file is empty"),
        ("{'type': 1}", "not JSON .line 1, column 2"),
        ('{"a": 1', "generate the file again"),
        ("-----BEGIN PRIVATE KEY-----\nabc", "the file contains a private key"),
        ("[]", "does not contain a JSON object"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_text_that_is_no_configuration_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse(text)


@pytest.mark.parametrize("text", ["-----BEGIN PRIVATE KEY-----\nabc", '{"private_key": "abc'])
def test_the_refusal_shows_nothing_of_the_text(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(text)
    assert "abc" not in str(refused.value)
    assert refused.value.__cause__ is refused.value.__context__ is None
