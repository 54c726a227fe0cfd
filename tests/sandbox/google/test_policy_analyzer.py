"""Policy Analyzer: when service accounts and their keys were last used."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.clients import Google
from wizard.sandbox.process import Sandbox

PROJECT = "acme-analytics"
PATH = f"/policyanalyzer/v1/projects/{PROJECT}/locations/global/activityTypes"
ACCOUNTS = [
    {"id": "never"},
    {"id": "with-key", "keys": [{"id": "aaaa", "last_used": "2026-11-20T08:30:00+00:00"}]},
    {
        "id": "both",
        "last_used": "2026-11-22T00:00:00+00:00",
        "keys": [{"id": "b", "last_used": "2026-11-01T00:00:00Z"}],
    },
]


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    owner = {"role": "roles/owner", "members": ["user:operator@acme.example"]}
    services = ["iam.googleapis.com", "policyanalyzer.googleapis.com"]
    project = {"id": PROJECT, "number": "123456789012", "services": services, "policy": [owner]}
    world = {"operator": "user:operator@acme.example", "projects": [{**project, "service_accounts": ACCOUNTS}]}
    file = tmp_path / "used.yaml"
    file.write_text(yaml.safe_dump({"title": "used", "google": world}), encoding="utf-8")
    with Sandbox(str(file)) as sandbox:
        client = Google(sandbox)
        with client.session:
            yield client


def uses(google: Google, kind: str, text: str = "") -> dict[str, str]:
    """The last day of each, by the end of its name."""
    path = f"{PATH}/{kind}/activities:query"
    answer: dict[str, Any] = google("GET", f"{path}?filter={text}" if text else path).json()
    return {
        each["fullResourceName"].rpartition("/")[2]: each["activity"]["lastAuthenticatedTime"][:10]
        for each in answer.get("activities", [])
    }


def test_an_account_was_used_if_one_of_its_keys_was(google: Google) -> None:
    end = f"@{PROJECT}.iam.gserviceaccount.com"
    found = uses(google, "serviceAccountLastAuthentication")
    assert found == {f"with-key{end}": "2026-11-20", f"both{end}": "2026-11-22"}
    assert uses(google, "serviceAccountKeyLastAuthentication") == {"aaaa": "2026-11-20", "b": "2026-11-01"}


def test_a_filter_names_one_account(google: Google) -> None:
    email = f"both@{PROJECT}.iam.gserviceaccount.com"
    name = f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{email}"
    for field in ("full_resource_name", "fullResourceName"):
        found = uses(google, "serviceAccountLastAuthentication", f'activities.{field}="{name}"')
        assert found == {email: "2026-11-22"}
    refused = google("GET", f"{PATH}/serviceAccountLastAuthentication/activities:query?filter=used")
    assert refused.status_code == 400
