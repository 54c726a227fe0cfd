"""The operator's calls to Google: what is asked again, what is not, and who is charged."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain.fakes import Asked, FakeCloud, fake_cloud, first, refused
from wizard.clouds import errors
from wizard.clouds.errors import CloudError, NoCredentials, Unreachable, Unreadable
from wizard.clouds.google import Google

POOL = "/v1/projects/acme-analytics/locations/global/workloadIdentityPools/aws-prod"
ENVIRON = {"CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.operator-example"}


@pytest.fixture
def api() -> Iterator[FakeCloud]:
    """The IAM API on loopback, where the pool is."""
    with fake_cloud() as cloud:
        cloud.answers["/"] = (200, {"name": POOL})
        yield cloud


def google(api: FakeCloud, **more: str) -> Google:
    """The operator's session with it."""
    overrides = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}": api.url for name in ("IAM", "CLOUDRESOURCEMANAGER")}
    return Google({**ENVIRON, **overrides, **more}, "acme-analytics")


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("google.api_core.retry.retry_unary.time.sleep", lambda _: None)


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_refusal_that_passes_is_asked_again(api: FakeCloud, status: int) -> None:
    api.answers["/"] = first(2, refused(status, "BUSY", "try again"), api.answers["/"])
    assert google(api).call("iam", "GET", POOL) == {"name": POOL}
    assert len(api.asked) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_a_refusal_that_stays_is_told_at_once(api: FakeCloud, status: int) -> None:
    api.answers["/"] = refused(status, "REFUSED", "no")
    with pytest.raises(CloudError, match="no") as error:
        google(api).call("iam", "GET", POOL)
    assert (error.value.status, error.value.reason, error.value.transient) == (status, "REFUSED", False)
    assert len(api.asked) == 1


@pytest.mark.usefixtures("_no_pauses")
def test_when_the_time_is_up_the_clouds_own_words_count(api: FakeCloud) -> None:
    api.answers["/"] = refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'.")
    with pytest.raises(CloudError) as error:
        google(api).call("iam", "GET", POOL, retry_for=0.1)
    assert error.value.message == "Quota exceeded for quota metric 'Read requests'."
    assert error.value.transient


def test_no_answer_names_the_api(api: FakeCloud) -> None:
    with pytest.raises(Unreachable) as error:
        google(api, CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM="http://127.0.0.1:9").call("iam", "GET", POOL, retry_for=0.1)
    assert (error.value.service, error.value.transient) == ("iam.googleapis.com", True)


def test_an_answer_of_404_is_nothing_and_any_other_refusal_is_told(api: FakeCloud) -> None:
    api.answers["/"] = refused(404, "NOT_FOUND", "no such pool")
    assert google(api).get_or_none("iam", POOL) is None
    api.answers["/"] = refused(403, "PERMISSION_DENIED", "no")
    with pytest.raises(CloudError):
        google(api).get_or_none("iam", POOL)


def test_a_token_that_google_does_not_take_is_told_as_missing_credentials(api: FakeCloud) -> None:
    api.answers["/"] = refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    with pytest.raises(NoCredentials, match="CLOUDSDK_AUTH_ACCESS_TOKEN"):
        google(api).call("iam", "GET", POOL)


@pytest.mark.parametrize(
    ("environ", "charged"), [({}, "acme-analytics"), ({"GOOGLE_CLOUD_QUOTA_PROJECT": "acme-billing"}, "acme-billing")]
)
def test_the_operators_calls_name_the_project_that_is_charged(
    api: FakeCloud, environ: dict[str, str], charged: str
) -> None:
    google(api, **environ).call("iam", "GET", POOL)
    asked: Asked = api.asked[0]
    assert asked.headers["x-goog-user-project"] == charged
    assert asked.headers["authorization"] == "Bearer ya29.operator-example"


@pytest.mark.parametrize(("status", "passes"), [(429, True), (503, True), (404, False), (None, False)])
def test_which_refusals_pass(status: int | None, passes: bool) -> None:
    assert errors.is_transient(status) is passes


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_write_that_may_have_taken_effect_is_not_repeated(api: FakeCloud, status: int) -> None:
    api.answers["/"] = refused(status, "INTERNAL", "try again")
    with pytest.raises(CloudError) as error:
        google(api).call("iam", "POST", POOL, {})
    assert (error.value.lost, len(api.asked)) == (True, 1)


@pytest.mark.parametrize("content", ["<html>ya29.secret", '{"access_token": "ya29.sec', "[]", "", "null", "[" * 5000])
def test_an_answer_that_cannot_be_read_names_host_and_status_and_is_not_quoted(api: FakeCloud, content: str) -> None:
    api.answers["/"] = (200, content)
    with pytest.raises(Unreadable) as error:
        google(api).call("iam", "POST", POOL, {})
    assert f"could not read the response from {api.host} (HTTP 200)" in error.value.message
    assert "ya29" not in str(error.value)
    assert error.value.lost


@pytest.mark.parametrize("status", [403, 404, 502])
def test_a_page_of_a_proxy_is_no_verdict_about_the_resource(
    api: FakeCloud, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.clouds.retrying.retried", lambda call, _: call())  # 502 would be asked for a minute
    api.answers["/"] = (status, "<html>not here")
    with pytest.raises(Unreadable):
        google(api).call("iam", "GET", POOL)
    with pytest.raises(Unreadable):
        google(api).get_or_none("iam", POOL)


def test_a_policy_without_an_etag_is_not_used(api: FakeCloud) -> None:
    api.answers["/"] = (200, {"bindings": []})
    with pytest.raises(Unreadable, match='the key "etag" is missing'):
        google(api).call("cloudresourcemanager", "POST", "/v1/projects/acme-analytics:getIamPolicy", {})


def test_the_pause_that_a_cloud_asks_for_is_made(api: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    busy = (429, {"error": {"code": 429, "message": "busy", "status": "RESOURCE_EXHAUSTED"}}, {"Retry-After": "7"})
    api.answers["/"] = first(1, busy, api.answers["/"])
    assert google(api).call("iam", "GET", POOL) == {"name": POOL}
    assert 7.0 in pauses


def test_a_pause_that_is_longer_than_the_patience_is_not_made(api: FakeCloud) -> None:
    busy = (429, {"error": {"code": 429, "message": "busy", "status": "RESOURCE_EXHAUSTED"}}, {"Retry-After": "600"})
    api.answers["/"] = busy
    with pytest.raises(CloudError, match="busy"):
        google(api).call("iam", "GET", POOL)
    assert len(api.asked) == 1


@pytest.mark.parametrize("name", ["..", "", "."])
def test_a_name_that_leads_to_another_resource_is_refused(api: FakeCloud, name: str) -> None:
    with pytest.raises(CloudError, match="contains an invalid resource name"):
        google(api).call("iam", "GET", f"/v1/projects/{name}/serviceAccounts")
    assert api.asked == []


@given(name=st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(lambda name: "/" not in name))
def test_any_other_name_stays_one_segment_of_the_path(name: str) -> None:
    hypothesis.assume(name not in (".", ".."))
    url = Google(ENVIRON, "acme-analytics").url("iam", f"/v1/projects/{name}:getIamPolicy")
    parts = urlsplit(url)
    assert (parts.query, parts.fragment, parts.netloc) == ("", "", "iam.googleapis.com")
    assert unquote(parts.path) == f"/v1/projects/{name}:getIamPolicy"
