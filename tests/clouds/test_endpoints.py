"""The base URLs of Google's APIs: for the operator's own calls, and for what workloads are given."""

import pytest

from wizard.clouds import endpoints

STS = "CLOUDSDK_API_ENDPOINT_OVERRIDES_STS"


def test_an_override_of_gcloud_is_taken_for_the_operators_calls() -> None:
    assert endpoints.google("sts", {STS: "http://127.0.0.1:8080/sts/"}) == "http://127.0.0.1:8080/sts"
    assert endpoints.google("sts", {}) == "https://sts.googleapis.com"


@pytest.mark.parametrize(
    ("override", "given"),
    [
        ("https://sts-acme.p.googleapis.com", "https://sts-acme.p.googleapis.com"),
        ("https://sts.us-east1.rep.googleapis.com/", "https://sts.us-east1.rep.googleapis.com"),
        ("http://127.0.0.1:8080/sts", "https://sts.googleapis.com"),
        ("https://sts.attacker.example", "https://sts.googleapis.com"),
        ("", "https://sts.googleapis.com"),
    ],
)
def test_a_workload_is_given_hosts_of_google_only(override: str, given: str) -> None:
    assert endpoints.for_workloads("sts", {STS: override} if override else {}) == given
