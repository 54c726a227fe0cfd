"""Sessions share their reads: those of a plan until a write, those of apply while a read runs."""

from typing import Any

import pytest

from wizard.clouds.errors import CloudError
from wizard.clouds.reading import ReadingClouds, before_write, in_flight
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName

CLUSTER = ClusterName("acme-payments", "asia-northeast1", "payments")
FIRST, SECOND = (f"{name}@acme-payments.iam.gserviceaccount.com" for name in ("first", "second"))


class FakeGoogle:
    """Counts the calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def call(self, api: str, method: str, path: str, *_: Any) -> dict[str, Any]:
        self.calls.append(f"{api} {method} {path}")
        return {"number": len(self.calls)}


class FakeIam:
    """Has one account; `denied` refuses the list."""

    def __init__(self, denied: bool = False) -> None:
        self.calls: list[str] = []
        self.denied = denied

    def list_service_accounts(self, project: str, page_token: str = "") -> dict[str, Any]:
        self.calls.append(f"list {project}{page_token}")
        if self.denied:
            raise CloudError("iam", "list", 403, "PERMISSION_DENIED", "no")
        return {"accounts": [{"email": FIRST}]}

    def get_service_account(self, project: str, email: str) -> dict[str, Any]:
        self.calls.append(f"get {project} {email}")
        return {"email": email}

    def get_policy(self, project: str, email: str) -> dict[str, Any]:
        self.calls.append(f"policy {project} {email}")
        return {}


def reading(google: Any = None, iam: Any = None) -> ReadingClouds:
    """Sessions that read through the fakes."""
    clouds = Clouds("acme-payments", environ={})
    if google:
        clouds.google = google
    if iam:
        clouds.__dict__["google_iam"] = iam
    return ReadingClouds(clouds)


def test_a_read_is_made_once_until_something_is_written() -> None:
    google = FakeGoogle()
    clouds = reading(google)
    for _ in range(3):
        clouds.google.call("container", "GET", "/v1/cluster")
        clouds.google.call("cloudresourcemanager", "POST", "/v1/projects/a:getIamPolicy", {"options": {}})
    assert len(google.calls) == 2
    clouds.google.call("container", "PUT", "/v1/cluster", {})
    clouds.google.call("container", "GET", "/v1/cluster")
    assert google.calls[2:] == ["container PUT /v1/cluster", "container GET /v1/cluster"]


def test_reads_with_other_queries_are_other_reads() -> None:
    google = FakeGoogle()
    clouds = reading(google)
    answers = [clouds.google.call("iam", "GET", "/v1/x", query={"pageToken": token}) for token in ("a", "b")]
    assert answers[0] != answers[1]


def test_several_announced_accounts_are_listed_and_none_is_asked_for() -> None:
    iam = FakeIam()
    clouds = reading(iam=iam)
    for email in (FIRST, SECOND):
        clouds.google_iam.announce("acme-payments", email)
    assert clouds.google_iam.get_service_account("acme-payments", FIRST) == {"email": FIRST}
    for read in (clouds.google_iam.get_service_account, clouds.google_iam.get_policy):
        with pytest.raises(CloudError) as missing:
            read("acme-payments", SECOND)
        assert missing.value.status == 404
    assert iam.calls == ["list acme-payments"]


def test_a_single_account_is_asked_for() -> None:
    iam = FakeIam()
    clouds = reading(iam=iam)
    clouds.google_iam.announce("acme-payments", FIRST)
    clouds.google_iam.get_service_account("acme-payments", FIRST)
    assert iam.calls == [f"get acme-payments {FIRST}"]


def test_without_permission_to_list_each_account_is_asked_for() -> None:
    iam = FakeIam(denied=True)
    clouds = reading(iam=iam)
    for email in (FIRST, SECOND):
        clouds.google_iam.announce("acme-payments", email)
        clouds.google_iam.get_service_account("acme-payments", email)
    assert [call for call in iam.calls if call.startswith("get")] == [
        f"get acme-payments {email}" for email in (FIRST, SECOND)
    ]


def test_one_cluster_has_one_session() -> None:
    clouds = reading()
    assert clouds.kubernetes(CLUSTER) is clouds.kubernetes(CLUSTER)


def test_a_write_is_based_on_what_was_read_for_it_and_is_verified_by_new_reads() -> None:
    google = FakeGoogle()
    clouds = Clouds("acme-payments", environ={})
    clouds.google = google  # type: ignore[assignment]
    apply_clouds = in_flight(clouds)
    with before_write(apply_clouds) as own:
        for _ in range(2):
            own.google.call("container", "GET", "/v1/cluster")
        own.google.call("container", "PUT", "/v1/cluster", {})
    for session in (own, own, apply_clouds):
        session.google.call("container", "GET", "/v1/cluster")
    assert [call.split()[1] for call in google.calls] == ["GET", "PUT", "GET", "GET", "GET"]


def test_an_operation_that_was_found_is_polled_although_nothing_was_written() -> None:
    google = FakeGoogle()
    clouds = Clouds("acme-payments", environ={})
    clouds.google = google  # type: ignore[assignment]
    with before_write(clouds) as own:
        own.google.call("container", "GET", "/v1/operation")
    polls = [own.google.call("container", "GET", "/v1/operation")["number"] for _ in range(2)]
    assert polls == [2, 3]
