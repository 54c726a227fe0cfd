"""The commands that a plan shows beside the changes of an AWS setup, typed into gcloud and aws, do the same."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.in_full import first
from tests.oracles.programs import LIMIT, need
from tests.resources.conftest import WORLD
from tests.resources.writing import action, change_of
from wizard.clouds.session import Clouds
from wizard.engine.resource import Resource
from wizard.federation.aws import AWS_DEFAULT_MAPPING
from wizard.federation.aws_identities import RoleSessions
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.resources.pool import Pool
from wizard.resources.provider import AwsProvider
from wizard.resources.service_account import ServiceAccount
from wizard.resources.services import EnabledServices
from wizard.sandbox.process import Sandbox

PROJECT, ACCOUNT, REGION = "acme-analytics", "111122223333", "ap-northeast-1"
NIGHTLY, CONDITIONAL = (f"{name}@{PROJECT}.iam.gserviceaccount.com" for name in ("nightly", "conditional"))
MEMBER = f"serviceAccount:{NIGHTLY}"
IMPERSONATE = "roles/iam.workloadIdentityUser"


def provider(name: str) -> AwsProvider:
    """A provider that admits one role."""
    mapping = {**AWS_DEFAULT_MAPPING, "attribute.account": "assertion.account"}
    return AwsProvider(PROJECT, "aws-prod", name, RoleSessions(ACCOUNT, "rds-to-bigquery"), mapping)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with things in many states."""
    need("gcloud")
    need("aws")
    with Sandbox(str(WORLD), ["--steady"]) as running:
        yield running


@pytest.fixture
def clouds(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Clouds:
    """Its clouds, as the operator."""
    for name, value in sandbox.variables.items():
        monkeypatch.setenv(name, value)
    return Clouds(PROJECT, REGION)


def type_in(resource: Resource, clouds: Clouds, sandbox: Sandbox) -> None:
    """Run the commands of what has to be done."""
    change = change_of(resource, clouds)
    for command in resource.commands(change):
        environ = sandbox.environ()
        done = subprocess.run(command, shell=True, env=environ, capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 0, (command, done.stderr)


RESOURCES = [
    EnabledServices(PROJECT, ("storage.googleapis.com", "sts.googleapis.com")),
    Pool(PROJECT, "new-one"),
    provider("thrown-away"),
    ServiceAccount(PROJECT, f"new-one@{PROJECT}.iam.gserviceaccount.com"),
    ProjectGrants(PROJECT, {"roles/bigquery.dataEditor": (MEMBER,)}),
    Role(ACCOUNT, REGION, "new-one", RUNTIMES["batch-fargate"].trusted_service(ACCOUNT, REGION)),
    Pool(PROJECT, "aws-off"),
    Pool(PROJECT, "aws-gone"),
    provider("new-one"),
    provider("shared-well"),
    provider("by-hand"),
    ServiceAccount(PROJECT, f"switched-off@{PROJECT}.iam.gserviceaccount.com"),
    InstanceProfile(ACCOUNT, REGION, "without-a-profile"),
]


@pytest.mark.parametrize("resource", first(6, RESOURCES), ids=str)
def test_what_is_typed_by_hand_leaves_nothing_to_do(resource: Resource, clouds: Clouds, sandbox: Sandbox) -> None:
    assert action(resource, clouds) != "none"
    type_in(resource, clouds, sandbox)
    assert action(resource, clouds) == "none"


def test_typed_by_hand_a_condition_in_the_policy_stays(clouds: Clouds, sandbox: Sandbox) -> None:
    """gcloud refuses a grant without --condition where the policy has one, unless a person answers."""
    (before,) = clouds.google_iam.get_policy(PROJECT, CONDITIONAL)["bindings"]
    wanted = ServiceAccountGrants(PROJECT, {IMPERSONATE: (MEMBER,)}, email=CONDITIONAL)
    type_in(wanted, clouds, sandbox)
    assert before in clouds.google_iam.get_policy(PROJECT, CONDITIONAL)["bindings"]
    assert action(wanted, clouds) == "none"
