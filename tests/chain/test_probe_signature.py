"""The probe's Signature Version 4, pinned by what google-auth and botocore produce."""

import datetime
import json
import urllib.parse

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from google.auth import _helpers, aws
from hypothesis import given
from hypothesis import strategies as st

from wizard.chain import probe

AUDIENCE = (
    "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
)
URL = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
VECTORS = [
    ("us-east-1", "SESSIONTOKENEXAMPLE==", "4d742c3455b5c5292de5c77f331a696d8a7dda9805dd627c847a19c9848cded4"),
    ("eu-west-3", None, "c93f23d4cac59c0fe669da6dbab1ea41fa84ffb5ad2d104136569a3f8d30542e"),
]


@pytest.mark.parametrize(("region", "token", "signature"), VECTORS)
def test_the_signature_is_the_known_one(region: str, token: str | None, signature: str):
    keys = probe.Keys("AKIDEXAMPLE", SECRET, token, "environment", {})
    headers = probe.sign(URL.replace("{region}", region), keys, region, "20260102T030405Z")
    assert headers["Authorization"].endswith(f"Signature={signature}")


@pytest.mark.parametrize(("region", "token", "signature"), VECTORS)
def test_the_subject_token_is_google_auths_to_the_byte(
    monkeypatch: pytest.MonkeyPatch, region: str, token: str | None, signature: str
):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", region)
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5)
    monkeypatch.setattr(_helpers, "utcnow", lambda: moment)
    source = {"environment_id": "aws1", "regional_cred_verification_url": URL}
    theirs = aws.Credentials(AUDIENCE, "urn:ietf:params:aws:token-type:aws4_request", credential_source=source)
    keys = probe.Keys("AKIDEXAMPLE", SECRET, token, "environment", {})
    ours = probe.subject_token(URL.replace("{region}", region), AUDIENCE, keys, region, "20260102T030405Z")
    assert signature in ours
    assert ours == theirs.retrieve_subject_token(None)


@given(
    body=st.binary(max_size=200),
    token=st.none() | st.text(alphabet="abcXYZ019+/=", min_size=1, max_size=80),
    query=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=4),
)
def test_every_request_is_signed_as_botocore_signs_it(body: bytes, token: str | None, query: dict[str, str]):
    url = "https://sts.eu-west-1.amazonaws.com/?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
    moment = "20260102T030405Z"
    ours = probe.sign(url, probe.Keys("AKIDEXAMPLE", SECRET, token, "", {}), "eu-west-1", moment, body)
    asked = AWSRequest("POST", url, data=body)
    asked.context["timestamp"] = moment
    asked.headers["X-Amz-Date"] = moment
    if token:
        asked.headers["X-Amz-Security-Token"] = token
    theirs = SigV4Auth(Credentials("AKIDEXAMPLE", SECRET, token), "sts", "eu-west-1")
    signature = theirs.signature(theirs.string_to_sign(asked, theirs.canonical_request(asked)), asked)
    assert ours["Authorization"].rsplit("=", 1)[1] == signature


def test_the_subject_token_is_percent_encoded_json():
    keys = probe.Keys("AKIDEXAMPLE", SECRET, None, "", {})
    token = probe.subject_token(URL.replace("{region}", "us-east-1"), AUDIENCE, keys, "us-east-1", "20260102T030405Z")
    document = json.loads(urllib.parse.unquote(token))
    assert list(document) == ["headers", "method", "url"]
    assert document["headers"][-1] == {"key": "x-goog-cloud-target-resource", "value": AUDIENCE}
