"""Error texts, as people paste them: the cause is recognised, and a text about something else is not."""

import json
import time
from pathlib import Path

import pytest

from tests.doctor.noise import NOISE
from wizard.doctor import messages

TEXTS = json.loads(Path(__file__).with_name("texts.json").read_text(encoding="utf-8"))
"""Texts of clouds and clients, each with the code of the rule that explains it."""

HARMLESS = (
    "2026-11-25T10:00:00Z INFO loader: loaded 1200 rows into acme-analytics.sales in 3.2 s",
    "GET /healthz HTTP/1.1 200 2 - kube-probe/1.33",
    "PermissionError: [Errno 13] Permission denied: '/var/log/loader.log'",
    "FileNotFoundError: File /data/input.csv was not found.",
    "psycopg.OperationalError: connection to server at 127.0.0.1, port 5432 failed: Connection refused",
    "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::111122223333:"
    "assumed-role/loader/nightly is not authorized to perform: s3:GetObject on resource: "
    "arn:aws:s3:::acme-data/a.csv because no identity-based policy allows the s3:GetObject action",
    "google.auth DEBUG: making request: POST https://sts.googleapis.com/v1/token; the token expires in 3599 s",
    "Normal  Pulled  12s  kubelet  Successfully pulled image in 1.2s. Image size: 51201337 bytes.",
    "Traceback (most recent call last):\n  File \"/app/loader.py\", line 4, in <module>\nKeyError: 'condition'",
    "Apply complete! Resources: 4 added, 0 changed, 0 destroyed. Workload identity pool: projects/123456789012/"
    "locations/global/workloadIdentityPools/aws-prod",
    "Warning  Failed  3s  kubelet  Error: ImagePullBackOff",
    "SyntaxError: Unexpected token < in JSON at position 0\n    at JSON.parse (<anonymous>)\n    at /app/p.js:12:9",
    "o.s.security.jwt: Invalid JWT signature: JWT signature does not match locally computed signature",
    "403 Forbidden: the user casey is missing the permission orders.read, which is required",
    "Request failed with status code 404: http://169.254.169.254/latest/meta-data/spot/instance-action",
    "redis.exceptions.ConnectionError: Error 111 connecting to 10.0.0.5:6379. Connection refused.",
    "400 Bad Request: Request contains an invalid argument: page_size must be positive",
    "orders: User not authorized to perform this action (order 1204)",
    "error: the audience of this talk is invalid: it expected more tokens, and rejected the attribute condition",
)


def first(text: str) -> str:
    """The code of the cause that is recognised in a text; empty if there is none."""
    found = messages.recognise(text)
    return found[0].rule.code if found else ""


@pytest.mark.parametrize("noise", NOISE)
def test_the_cause_of_an_error_text_is_recognised(noise: str) -> None:
    seen = {case["about"]: first(NOISE[noise](case["text"])) for case in TEXTS}
    assert seen == {case["about"]: case["code"] for case in TEXTS}


def test_there_are_texts_of_many_causes() -> None:
    assert len(TEXTS) >= 100
    assert len({case["code"] for case in TEXTS}) >= 60
    assert len({case["about"] for case in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_a_text_about_something_else_is_not_recognised(text: str, noise: str) -> None:
    assert [each.rule.code for each in messages.recognise(NOISE[noise](text))] == []


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/loader' that was provided for this.",
            {"role": "arn:aws:iam::111122223333:role/loader"},
        ),
        (
            "Not found; Gaia id not found for email loader@acme-analytics.iam.gserviceaccount.com",
            {"account": "loader@acme-analytics.iam.gserviceaccount.com"},
        ),
        (
            "BigQuery API has not been used in project 123456789012 before or it is disabled. Enable it by visiting "
            "https://console.developers.google.com/apis/api/bigquery.googleapis.com/overview?project=123456789012 then",
            {"project": "123456789012", "service": "bigquery.googleapis.com"},
        ),
        (
            "Permission 'bigquery.jobs.create' denied on resource '//bigquery.googleapis.com/projects/acme'",
            {"permission": "bigquery.jobs.create"},
        ),
        (
            "google.auth.exceptions.DefaultCredentialsError: File /etc/c.json was not found.",
            {"file": "/etc/c.json"},
        ),
        ("getaddrinfo ENOTFOUND sts.googleapis.com", {"host": "sts.googleapis.com"}),
        (
            "Not found: projects/acme/zones/asia-northeast1-a/clusters/pay.",
            {
                "project": "acme",
                "location": "asia-northeast1-a",
                "cluster": "pay",
            },
        ),
    ],
)
def test_what_a_text_tells_is_taken_from_it(text: str, facts: dict[str, str]) -> None:
    assert messages.recognise(text)[0].facts == facts


def test_the_side_and_the_step_are_those_of_who_refused() -> None:
    refused = "oauth2/google: status code 403: Permission 'iam.serviceAccounts.getAccessToken' denied on resource"
    found = messages.recognise(refused)[0]
    assert (found.message.side, found.message.hop) == ("Google Cloud", "impersonation")
    assert found.quoted in refused


def test_a_long_log_is_searched_from_its_end_in_a_moment() -> None:
    line = '2026-11-25T10:00:00Z POST https://sts.googleapis.com/v1/token key-id=aaaaaaaaaaaaaaaa {"a": "b"} 200\n'
    text = line * 4000 + "The given credential is rejected by the attribute condition.\n"
    started = time.process_time()
    found = messages.recognise(text)
    assert found[0].rule.code == "WIF0301"
    assert time.process_time() - started < 20


def test_of_rules_about_the_same_words_the_specific_one_is_returned() -> None:
    refused = "Unable to generate access token; IAM returned 403 Forbidden: The caller does not have permission"
    assert [each.rule.code for each in messages.recognise(refused)] == ["WIF0403"]


def test_a_second_error_in_the_same_text_is_returned_too() -> None:
    text = "Unable to determine AWS region\nERROR: File /etc/wif.json was not found.\nUnable to locate credentials"
    assert {each.rule.code for each in messages.recognise(text)} == {"WIF0227", "WIF0101", "WIF0201"}


def test_a_certificate_of_another_host_is_not_about_google_cloud() -> None:
    text = (
        'Get "https://registry.example.test/v2/": tls: failed to verify certificate: x509: certificate signed by {who}'
    )
    assert messages.recognise(text.format(who="unknown authority")) == []
    ours = text.replace("registry.example.test/v2/", "sts.googleapis.com/v1/token")
    assert first(ours.format(who="unknown authority")) == "WIF0605"
