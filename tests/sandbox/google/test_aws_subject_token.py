"""Subject tokens of google-auth with fixed keys and clock, signed once more by botocore when they were recorded."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import pytest

from tests.sandbox.google.signing import Signer, encoded
from wizard.sandbox.aws.identity import CallerIdentity, Key
from wizard.sandbox.aws.messages import message
from wizard.sandbox.aws.signature import verify
from wizard.sandbox.google.aws_subject_token import SubjectTokenError, decode

KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGNED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WHO = CallerIdentity("111122223333", "arn:aws:iam::111122223333:user/example", "AIDAEXAMPLE")
AUDIENCE = (
    "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
)
HEAD = (
    "%7B%22headers%22%3A%5B%7B%22key%22%3A%22Authorization%22%2C%22value%22%3A%22AWS4-HMAC-SHA256%20"
    "Credential%3DAKIDEXAMPLE/20260102/"
)
TARGET = (
    "%22%7D%2C%7B%22key%22%3A%22x-goog-cloud-target-resource%22%2C%22value%22%3A%22//iam.googleapis.com/projects/"
    "123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov%22%7D%5D%2C%22method%22%3A%22"
    "POST%22%2C%22url%22%3A%22https%3A//"
)
TAIL = "%3FAction%3DGetCallerIdentity%26Version%3D2011-06-15%22%7D"
TEMPORARY = (
    HEAD + "us-east-1/sts/aws4_request%2C%20SignedHeaders%3Dhost%3Bx-amz-date%3Bx-amz-security-token%2C%20Signature%3D"
    "4d742c3455b5c5292de5c77f331a696d8a7dda9805dd627c847a19c9848cded4%22%7D%2C%7B%22key%22%3A%22host%22%2C%22value"
    "%22%3A%22sts.us-east-1.amazonaws.com%22%7D%2C%7B%22key%22%3A%22x-amz-date%22%2C%22value%22%3A%22"
    "20260102T030405Z%22%7D%2C%7B%22key%22%3A%22x-amz-security-token%22%2C%22value%22%3A%22SESSIONTOKENEXAMPLE%3D%3D"
    + TARGET
    + "sts.us-east-1.amazonaws.com"
    + TAIL
)
LONG_LIVED = (
    HEAD + "eu-west-3/sts/aws4_request%2C%20SignedHeaders%3Dhost%3Bx-amz-date%2C%20Signature%3D"
    "c93f23d4cac59c0fe669da6dbab1ea41fa84ffb5ad2d104136569a3f8d30542e%22%7D%2C%7B%22key%22%3A%22host%22%2C%22value"
    "%22%3A%22sts.eu-west-3.amazonaws.com%22%7D%2C%7B%22key%22%3A%22x-amz-date%22%2C%22value%22%3A%22"
    "20260102T030405Z" + TARGET + "sts.eu-west-3.amazonaws.com" + TAIL
)


@pytest.mark.parametrize(
    ("token", "session"), [(TEMPORARY, "SESSIONTOKENEXAMPLE=="), (LONG_LIVED, None)], ids=["temporary", "long-lived"]
)
def test_a_recorded_token_decodes_and_its_signature_holds(token: str, session: str | None) -> None:
    request = decode(token)
    key = Key(KEY_ID, SECRET, WHO, "user", token=session)

    claim, found = verify(message(request.method, request.url, request.headers), {KEY_ID: key}.get, SIGNED)

    assert found is key
    assert claim.signature in token
    assert request.target == AUDIENCE


@pytest.mark.parametrize(
    ("token", "session", "region"),
    [(TEMPORARY, "SESSIONTOKENEXAMPLE==", "us-east-1"), (LONG_LIVED, None, "eu-west-3")],
    ids=["temporary", "long-lived"],
)
def test_the_tests_own_signer_signs_as_the_recording_did(token: str, session: str | None, region: str) -> None:
    made = Signer(KEY_ID, SECRET, session).request(AUDIENCE, SIGNED, region)

    assert decode(encoded(made)) == decode(token)


def test_header_names_are_read_in_any_case_and_the_target_with_or_without_https() -> None:
    made = Signer(KEY_ID, SECRET).request(AUDIENCE, SIGNED)
    shouted = [{"key": row["key"].title(), "value": row["value"]} for row in made["headers"]]
    shouted[-1]["value"] = "https:" + AUDIENCE

    request = decode(encoded({**made, "headers": shouted}))

    assert request.target == AUDIENCE
    assert request.headers["x-amz-date"] == "20260102T030405Z"


def test_an_empty_token_is_refused_in_googles_words() -> None:
    with pytest.raises(SubjectTokenError, match=r"^Error at line 0:0: Unexpected end of stream : expected '\{'$"):
        decode("")


@pytest.mark.parametrize(
    "change",
    [
        {"method": "GET"},
        {"method": None},
        {"url": "https://sts.us-east-1.amazonaws.com?Action=AssumeRole&Version=2011-06-15"},
        {"url": "http://sts.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"},
        {"url": "https://sts.us-east-1.amazonaws.com.evil.example?Action=GetCallerIdentity"},
        {"url": "https://sts..amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"},
        {"url": "https://sts.eu-west-3.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"},
        {"url": "https://[sts"},
        {"headers": "none"},
        {"headers": [{"key": "host"}]},
    ],
    ids=str,
)
def test_a_request_that_is_not_get_caller_identity_for_aws_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SubjectTokenError):
        decode(encoded({**Signer(KEY_ID, SECRET).request(AUDIENCE, SIGNED), **change}))


@pytest.mark.parametrize("name", ["Authorization", "host", "x-amz-date", "x-goog-cloud-target-resource"])
def test_a_request_without_a_needed_header_or_with_one_twice_is_refused(name: str) -> None:
    made = Signer(KEY_ID, SECRET).request(AUDIENCE, SIGNED)
    others = [row for row in made["headers"] if row["key"] != name]

    with pytest.raises(SubjectTokenError, match=name.lower()):
        decode(encoded({**made, "headers": others}))
    with pytest.raises(SubjectTokenError, match=name.lower()):
        decode(encoded({**made, "headers": [*made["headers"], {"key": name.upper(), "value": "x"}]}))


@pytest.mark.parametrize("token", ["not json", "[]", "%22text%22", "%7B%7D", "%7B"])
def test_a_token_that_is_no_json_object_is_refused(token: str) -> None:
    with pytest.raises(SubjectTokenError):
        decode(token)


def test_blanks_can_be_pluses() -> None:
    """Go and Java encode the token as a form, in which a plus sign stands for a blank and %2B for itself."""
    plain = unquote(TEMPORARY).replace("SESSIONTOKENEXAMPLE", "SESSION+TOKEN+EXAMPLE")
    as_form = decode(quote_plus(plain))
    assert as_form == decode(quote(plain, safe=""))
    assert as_form.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
    assert as_form.headers["x-amz-security-token"] == "SESSION+TOKEN+EXAMPLE=="


def test_a_header_can_be_given_twice_with_one_value() -> None:
    """As Java's library does with the audience."""
    made = Signer(KEY_ID, SECRET).request(AUDIENCE, SIGNED)
    again = [row for row in made["headers"] if row["key"] == "x-goog-cloud-target-resource"]
    assert decode(encoded({**made, "headers": made["headers"] + again})).target == AUDIENCE
