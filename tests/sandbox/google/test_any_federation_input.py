"""Whatever comes in, the answer is one of Google's: no handler fails."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.google.federation import ACCOUNT, AUDIENCE, LOADER, POOL, Federation
from tests.sandbox.google.signing import encoded

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("displayName", "description", "disabled", "mode", "attributeMapping", "attributeCondition", "aws", "oidc")
INNER = ("accountId", "issuerUri", "allowedAudiences", "google.subject", "attribute.x")
DOCUMENTS = st.dictionaries(st.sampled_from(FIELDS), JSON | st.dictionaries(st.sampled_from(INNER), JSON))
MASKS = st.lists(st.sampled_from(FIELDS + tuple(f"{field}.{inner}" for field in FIELDS for inner in INNER))).map(
    ",".join
)


def provided() -> Federation:
    """A federation with a pool and a provider."""
    federation = Federation()
    federation.provide()
    return federation


@settings(max_examples=80)
@given(document=DOCUMENTS, mask=MASKS)
def test_any_document_is_stored_or_refused(document: dict[str, Any], mask: str) -> None:
    federation = provided()
    provider = f"iam/v1/{POOL}/providers/aws-{ACCOUNT}"

    for method, path in (
        ("POST", f"iam/v1/{POOL.rpartition('/')[0]}?workloadIdentityPoolId=another"),
        ("POST", f"iam/v1/{POOL}/providers?workloadIdentityPoolProviderId=another"),
        ("PATCH", f"iam/v1/{POOL}?updateMask={mask}"),
        ("PATCH", f"{provider}?updateMask={mask}"),
    ):
        assert federation.request(method, path, document).status in (200, 400)
    assert federation.ok("GET", provider)["aws"]["accountId"]


@settings(max_examples=80)
@given(
    part=st.sampled_from(("url", "method", "headers")),
    value=JSON | st.lists(st.fixed_dictionaries({"key": st.text(max_size=8), "value": st.text(max_size=8)})),
    header=st.sampled_from(("Authorization", "host", "x-amz-date", "x-amz-security-token")),
    text=st.text(max_size=40),
)
def test_any_subject_token_but_the_right_one_is_refused(part: str, value: Any, header: str, text: str) -> None:
    federation = provided()
    request = federation.caller.request(AUDIENCE, federation.now)
    changed = [{**row, "value": text} if row["key"] == header else row for row in request["headers"]]

    for token in (encoded({**request, part: value}), encoded({**request, "headers": changed}), encoded(value), text):
        answer = federation.exchange(subject_token=token)
        assert answer.status == 400
        assert answer.body["error"] in ("invalid_grant", "invalid_request")


@given(document=st.dictionaries(st.sampled_from(("delegates", "scope", "lifetime")), JSON))
def test_any_request_for_impersonation_is_answered(document: dict[str, Any]) -> None:
    federation = provided()
    federation.account(f"principalSet://iam.googleapis.com/{POOL}/*")
    path = f"iamcredentials/v1/projects/-/serviceAccounts/{LOADER}:generateAccessToken"

    assert federation.request("POST", path, document, token=federation.federated()).status in (200, 400)


@given(document=JSON)
def test_any_json_is_answered_by_the_token_service_and_bigquery(document: Any) -> None:
    federation = provided()

    assert federation.request("POST", "sts/v1/token", document, token=None).status == 400
    for method in ("queries", "jobs"):
        path = f"bigquery/bigquery/v2/projects/acme-analytics/{method}"
        assert federation.request("POST", path, {"configuration": document, "query": document}).status in (400, 501)
