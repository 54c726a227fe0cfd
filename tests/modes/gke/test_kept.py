"""Roles that workloads on GKE hold, and that their setup does not ask for: said by the plan, and never removed."""

from typing import Any

import pytest

from tests.commands.gke import worlds
from tests.setups import loads
from wizard.clouds.session import Clouds
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.model import GkeSetup
from wizard.resources.grants import ProjectGrants

NUMBER = "210987654321"
EXTRA = "roles/storage.admin"


@pytest.mark.parametrize("text", [worlds.SETUP, worlds.IMPERSONATED], ids=["directly", "through a service account"])
def test_a_role_that_a_workload_holds_beside_those_of_the_setup_is_said_and_stays(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = loads(text)
    assert isinstance(setup, GkeSetup)
    blueprint = GkeBlueprint(setup, NUMBER)
    (grants,) = [each for each in blueprint.resources() if isinstance(each, ProjectGrants)]
    email = setup.service_account_email(setup.workloads[0])
    holder = f"serviceAccount:{email}" if email else blueprint.principal(setup.workloads[0])
    policy: dict[str, Any] = {
        "etag": "x",
        "bindings": [
            {"role": EXTRA, "members": [holder, "user:someone@acme.example"]},
            *({"role": role, "members": [holder]} for role in grants.grants),
        ],
    }
    monkeypatch.setattr(ProjectGrants, "_get", lambda *_: policy)

    state = grants.read(Clouds(setup.google.project, environ={}))

    assert state is not None
    assert {key: state[key] for key in grants.desired()} == grants.desired(), "nothing is to be changed"
    assert state["notes"] == [
        f"The policy of acme-payments also grants {EXTRA} to {holder}. The setup does not ask for this access, and "
        "the wizard does not remove this access."
    ]
