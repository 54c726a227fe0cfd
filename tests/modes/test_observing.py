"""What the doctor observes besides a plan: what cannot be read is unknown, and the rest is still told."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from wizard.clouds.errors import CloudError
from wizard.modes import org_policies
from wizard.modes.observing import Check, observed
from wizard.modes.opened import Observation

EMAIL = "loader@acme-analytics.iam.gserviceaccount.com"


def test_a_check_that_cannot_read_is_unknown_and_the_others_are_told() -> None:
    def refused() -> Iterator[Observation]:
        yield Observation("WIF1004", ("half read",))
        raise CloudError("iam", "get", 403, "PERMISSION_DENIED", "iam.serviceAccountKeys.list is missing")

    wide, keys = Observation("WIF1004", ("everyone has it",)), "keys of x"
    seen = observed([Check("policy", lambda: [wide], "a"), Check(keys, refused, "a"), Check(keys, refused, "b")])
    assert seen.by_workload == {"a": [wide]}
    assert seen.unread == ("keys of x: iam.serviceAccountKeys.list is missing",)


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ({}, False),
        ({"listPolicy": {"allValues": "DENY"}}, False),
        ({"listPolicy": {"allValues": "ALLOW"}}, True),
        ({"listPolicy": {"allowedValues": [EMAIL]}}, True),
        ({"listPolicy": {"allowedValues": [f"is:{EMAIL}"]}}, True),
        ({"listPolicy": {"allowedValues": ["other@acme.example"]}}, False),
        ({"listPolicy": {"allValues": "ALLOW", "deniedValues": [EMAIL]}}, False),
    ],
)
def test_an_organization_policy_allows_what_it_lists(policy: dict[str, Any], allowed: bool) -> None:
    asked: list[Any] = []

    def call(*request: Any) -> dict[str, Any]:
        asked.append(request)
        return policy

    clouds: Any = SimpleNamespace(google=SimpleNamespace(call=call))
    assert org_policies.allows(clouds, "acme-analytics", org_policies.TOKEN_LIFETIME, EMAIL) is allowed
    path, body = "/v1/projects/acme-analytics:getEffectiveOrgPolicy", {"constraint": org_policies.TOKEN_LIFETIME}
    assert asked == [("cloudresourcemanager", "POST", path, body)]
