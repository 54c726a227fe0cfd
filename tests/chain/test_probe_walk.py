"""The probe's hops, against a fake cloud."""

import json
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from tests.chain.fakes import (
    AUDIENCE,
    AWS_ERROR,
    EMAIL,
    GOOGLE_TOKEN,
    IMPERSONATED,
    KEY_ID,
    SECRET,
    TOKEN,
    FakeCloud,
    config,
    environment,
    fake_cloud,
    first,
    refused,
    request,
    without_keys,
)
from wizard.chain import probe

PROBE = Path(probe.__file__)
OLD_PYTHON = Path("~/.pyenv/versions/3.8.18/bin/python").expanduser()
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."


def walk(document, environ):
    lines = []
    probe.Probe(document, environ, lines.append).run()
    return [json.loads(line) for line in lines]


def statuses(lines):
    return {line["hop"]: line["status"] for line in lines}


def test_direct_access_walks_every_hop(cloud: FakeCloud):
    lines = walk(request(bigquery={"project": "acme-analytics"}), environment(cloud))
    assert statuses(lines) == {
        "config": "ok",
        "aws-credentials": "ok",
        "caller-identity": "ok",
        "exchange": "ok",
        "impersonation": "skipped",
        "permission": "ok",
    }
    assert cloud.paths() == [
        "/aws/",
        "/sts/v1/token",
        "/cloudresourcemanager/v1/projects/acme-analytics:testIamPermissions",
        "/bigquery/bigquery/v2/projects/acme-analytics/queries",
    ]
    assert cloud.asked[-1].headers["authorization"] == f"Bearer {GOOGLE_TOKEN}"
    assert "x-goog-user-project" not in cloud.asked[-1].headers


def test_impersonation_uses_the_service_accounts_token_on_the_target(cloud: FakeCloud):
    document = config(EMAIL) | {"service_account_impersonation": {"token_lifetime_seconds": 600}}
    lines = walk(request(config=document), environment(cloud))
    assert statuses(lines)["impersonation"] == "ok"
    asked = cloud.asked[2]
    assert json.loads(asked.body) == {
        "delegates": None,
        "scope": ["https://www.googleapis.com/auth/cloud-platform"],
        "lifetime": "600s",
    }
    assert cloud.asked[3].headers["authorization"] == f"Bearer {IMPERSONATED}"
    form = dict(urllib.parse.parse_qsl(cloud.asked[1].body))
    assert form["scope"] == "https://www.googleapis.com/auth/iam"


def test_the_exchange_has_the_form_that_google_auth_sends(cloud: FakeCloud):
    walk(request(), environment(cloud))
    form = urllib.parse.parse_qsl(cloud.asked[1].body)
    assert [name for name, _ in form] == [
        "grant_type",
        "audience",
        "scope",
        "requested_token_type",
        "subject_token",
        "subject_token_type",
    ]
    signed = json.loads(urllib.parse.unquote(dict(form)["subject_token"]))
    assert [each["key"] for each in signed["headers"]] == [
        "Authorization",
        "host",
        "x-amz-date",
        "x-amz-security-token",
        "x-goog-cloud-target-resource",
    ]
    assert signed["url"] == "https://sts.ap-northeast-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"


def test_no_secret_is_printed(cloud: FakeCloud):
    echo = AWS_ERROR.format(code="SignatureDoesNotMatch", message=f"canonical: {TOKEN} {SECRET} {KEY_ID}")
    outputs = []
    for prepare in (lambda: None, lambda: cloud.answers.update({"/aws": (403, echo)})):
        prepare()
        probe.Probe(request(config=config(EMAIL)), environment(cloud), outputs.append).run()
    text = "\n".join(outputs)
    asked = [dict(urllib.parse.parse_qsl(each.body)).get("subject_token") for each in cloud.asked]
    subject_tokens = [token for token in asked if token]
    for secret in (SECRET, TOKEN, GOOGLE_TOKEN, IMPERSONATED, KEY_ID, *subject_tokens):
        assert secret not in text
    assert "ASIA... (20 characters)" in text


def test_a_secret_that_a_cloud_repeats_percent_encoded_is_not_printed(cloud: FakeCloud):
    encoded = [urllib.parse.quote(secret, safe="") for secret in (SECRET, TOKEN)]
    assert encoded != [SECRET, TOKEN]
    cloud.answers["/aws"] = (403, AWS_ERROR.format(code="SignatureDoesNotMatch", message=" and ".join(encoded)))
    line = walk(request(), environment(cloud))[2]
    assert line["error"]["message"] == "(hidden) and (hidden)"


def test_the_signature_of_a_request_is_not_printed(cloud: FakeCloud):
    line = walk(request(), environment(cloud))[2]
    signature = cloud.asked[0].headers["authorization"].rpartition("Signature=")[2]
    assert len(signature) == 64
    assert line["sent"]["authorization"].endswith("Signature=(hidden)")
    assert signature not in json.dumps(line)


def test_a_signature_that_aws_repeats_is_not_printed(cloud: FakeCloud):
    def repeats(asked):
        message = f"wrong: {asked.headers['authorization']}"
        return 403, AWS_ERROR.format(code="SignatureDoesNotMatch", message=message)

    cloud.answers["/aws"] = repeats
    line = walk(request(), environment(cloud))[2]
    assert line["error"]["message"].endswith("Signature=(hidden)")


def test_a_hop_after_a_failed_one_is_skipped_with_the_reason(cloud: FakeCloud):
    rejected = "The given credential is rejected by the attribute condition."
    cloud.answers["/sts/v1/token"] = (400, {"error": "unauthorized_client", "error_description": rejected})
    lines = walk(request(), environment(cloud))
    assert lines[3]["status"] == "failed"
    assert lines[3]["error"] == {"code": "unauthorized_client", "message": rejected}
    assert [(line["status"], line["evidence"]) for line in lines[4:]] == [("skipped", ["exchange failed"])] * 2


def test_a_google_error_is_told_in_its_own_words(cloud: FakeCloud):
    cloud.answers["/iamcredentials/"] = refused(403, "PERMISSION_DENIED", DENIED)
    line = walk(request(config=config(EMAIL)), environment(cloud))[4]
    assert line["status"] == "failed"
    assert line["error"] == {"code": "PERMISSION_DENIED", "message": DENIED}
    assert line["sent"]["url"].endswith(f"{EMAIL}:generateAccessToken")


def test_an_aws_error_is_told_in_its_own_words(cloud: FakeCloud):
    message = "The security token included in the request is invalid."
    cloud.answers["/aws"] = (403, AWS_ERROR.format(code="InvalidClientTokenId", message=message))
    line = walk(request(), environment(cloud))[2]
    assert (line["status"], line["error"]) == ("failed", {"code": "InvalidClientTokenId", "message": message})


def test_a_missing_permission_fails_and_is_named(cloud: FakeCloud):
    cloud.answers["/cloudresourcemanager/"] = (200, {"permissions": ["bigquery.jobs.create"]})
    wanted = [{"project": "acme-analytics", "permissions": ["bigquery.jobs.create", "bigquery.tables.updateData"]}]
    line = walk(request(permissions=wanted), environment(cloud))[-1]
    assert line["status"] == "failed"
    assert line["error"]["code"] == "MISSING"
    assert line["received"]["missing"] == [{"project": "acme-analytics", "permission": "bigquery.tables.updateData"}]
    assert line["received"]["held"] == [{"project": "acme-analytics", "permission": "bigquery.jobs.create"}]


def test_nothing_to_test_on_the_target_is_not_proven(cloud: FakeCloud):
    assert walk(request(permissions=[]), environment(cloud))[-1]["status"] == "not_proven"


def test_a_young_grant_is_waited_for_and_its_age_is_told(cloud: FakeCloud):
    works = cloud.answers["/iamcredentials/"]
    cloud.answers["/iamcredentials/"] = first(2, refused(403, "PERMISSION_DENIED", DENIED), works)
    settle = {"impersonation": {"age": 60.0, "limit": 600.0}}
    lines = walk(request(config=config(EMAIL), settle=settle), environment(cloud))
    settling = [line for line in lines if line["status"] == "settling"]
    assert [line["hop"] for line in settling] == ["impersonation", "impersonation"]
    assert all(line["age"] >= 60.0 and line["error"]["code"] == "PERMISSION_DENIED" for line in settling)
    assert lines[-1]["status"] == "ok"


def test_pauses_grow_and_stay_under_a_second(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch):
    pauses: list[float] = []
    monkeypatch.setattr(probe.time, "sleep", pauses.append)
    cloud.answers["/cloudresourcemanager/"] = first(9, (200, {}), cloud.answers["/cloudresourcemanager/"])
    walk(request(settle={"permission": {"age": 0.0, "limit": 600.0}}), environment(cloud))
    assert pauses == sorted(pauses)
    assert len(pauses) == 9
    assert max(pauses) < 1.0


def test_an_old_grant_explains_nothing(cloud: FakeCloud):
    cloud.answers["/iamcredentials/"] = refused(403, "PERMISSION_DENIED", DENIED)
    settle = {"impersonation": {"age": 600.0, "limit": 600.0}, "permission": {"age": 1.0, "limit": 600.0}}
    lines = walk(request(config=config(EMAIL), settle=settle), environment(cloud))
    assert "settling" not in [line["status"] for line in lines]
    assert statuses(lines)["impersonation"] == "failed"


def test_a_missing_permission_of_a_young_grant_is_waited_for(cloud: FakeCloud):
    cloud.answers["/cloudresourcemanager/"] = first(1, (200, {}), cloud.answers["/cloudresourcemanager/"])
    lines = walk(request(settle={"permission": {"age": 0.0, "limit": 600.0}}), environment(cloud))
    assert [line["status"] for line in lines if line["hop"] == "permission"] == ["settling", "ok"]


def test_a_busy_service_is_asked_again(cloud: FakeCloud):
    busy = (429, {"error": "quota_exceeded", "error_description": "The request was throttled due to rate limit"})
    cloud.answers["/sts/v1/token"] = first(2, busy, cloud.answers["/sts/v1/token"])
    lines = walk(request(), environment(cloud))
    assert statuses(lines)["exchange"] == "ok"
    assert cloud.paths().count("/sts/v1/token") == 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(cloud: FakeCloud, status: int):
    with fake_cloud() as elsewhere:
        elsewhere.answers["/"] = cloud.answers["/sts/v1/token"]
        cloud.answers["/sts/v1/token"] = (status, {"error": "moved"}, {"Location": f"{elsewhere.url}/token"})
        lines = walk(request(), environment(cloud))
        assert statuses(lines)["exchange"] == "failed"
        assert elsewhere.asked == []
    assert cloud.paths().count("/sts/v1/token") == 1


def test_a_redirect_of_a_metadata_service_is_not_followed(cloud: FakeCloud):
    with fake_cloud() as elsewhere:
        cloud.answers["/credentials"] = (302, "moved", {"Location": f"{elsewhere.url}/credentials"})
        given = without_keys(cloud, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{cloud.url}/credentials")
        line = walk(request(), given)[1]
        assert (line["status"], line["error"]["code"]) == ("failed", "ContainerCredentials")
        assert elsewhere.asked == []


def test_no_answer_is_a_failed_hop(cloud: FakeCloud):
    lines = walk(request(), environment(cloud, AWS_ENDPOINT_URL="http://127.0.0.1:9"))
    assert (lines[2]["status"], lines[2]["error"]["code"]) == ("failed", "UNREACHABLE")


def test_a_token_with_a_line_break_is_refused_without_being_shown(cloud: FakeCloud):
    lines = walk(request(), environment(cloud, AWS_SESSION_TOKEN="SECRET\nTOKEN"))
    assert lines[2]["error"]["code"] == "IllegalHeader"
    assert "SECRET" not in json.dumps(lines)


@pytest.mark.parametrize("python", [Path(sys.executable), OLD_PYTHON], ids=["this Python", "Python 3.8"])
@pytest.mark.parametrize("way", ["argument", "stdin"])
def test_the_file_runs_alone(cloud: FakeCloud, python: Path, way: str):
    if not python.exists():
        pytest.skip("no such Python here")
    document = json.dumps(request(config=config(EMAIL), bigquery={"project": "acme-analytics"}))
    command = [str(python), "-I", "-", *([document] if way == "argument" else [])]
    if way == "stdin":
        command[2] = str(PROBE)
    given = PROBE.read_text() if way == "argument" else document
    done = subprocess.run(command, input=given, env=environment(cloud), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert {json.loads(line)["status"] for line in done.stdout.splitlines()} == {"ok"}


def test_a_request_that_is_no_json_object_is_bad_usage():
    done = subprocess.run([sys.executable, str(PROBE), "[]"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (64, "")


def test_the_audience_goes_into_the_signed_request(cloud: FakeCloud):
    walk(request(), environment(cloud))
    form = dict(urllib.parse.parse_qsl(cloud.asked[1].body))
    assert form["audience"] == AUDIENCE
    assert AUDIENCE in urllib.parse.unquote(form["subject_token"])
