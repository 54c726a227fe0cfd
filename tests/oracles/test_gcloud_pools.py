"""The real gcloud makes, changes, deletes and brings back pools and providers of the sandbox."""

from collections.abc import Iterator

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

LOCATION = "--location=global"
PARENT = "projects/123456789012/locations/global/workloadIdentityPools"
POOLS = ("iam", "workload-identity-pools")
PROVIDERS = (*POOLS, "providers")
MAPPING = {"google.subject": "assertion.arn", "attribute.account": "assertion.account"}
CONDITION = "assertion.account=='111122223333'"


@pytest.fixture(scope="module")
def gcloud() -> Iterator[Program]:
    """gcloud, as the operator of a sandbox where IAM is on."""
    need("gcloud")
    with Sandbox() as sandbox:
        program = Program("gcloud", sandbox.environ())
        program.ok("services", "enable", "iam.googleapis.com")
        yield program


def test_gcloud_leads_a_pool_through_its_life(gcloud: Program) -> None:
    assert (
        "Created workload identity pool [aws-prod]."
        in gcloud.run(
            *(*POOLS, "create", "aws-prod", LOCATION, "--display-name=AWS", "--description=Callers from AWS")
        ).err
    )
    shown = {"name": f"{PARENT}/aws-prod", "displayName": "AWS", "description": "Callers from AWS", "state": "ACTIVE"}
    assert gcloud.json(*POOLS, "describe", "aws-prod", LOCATION) == shown
    gcloud.ok(*POOLS, "update", "aws-prod", LOCATION, "--display-name=AWS production", "--disabled")
    gcloud.ok(*POOLS, "delete", "aws-prod", LOCATION, "--quiet")

    [deleted] = gcloud.json(*POOLS, "list", LOCATION, "--show-deleted", "--filter=name~aws-prod")
    assert (deleted["state"], deleted["displayName"], deleted["disabled"]) == ("DELETED", "AWS production", True)
    again = gcloud.refused(*POOLS, "create", "aws-prod", LOCATION)
    assert "(gcloud.iam.workload-identity-pools.create) ALREADY_EXISTS: Requested entity already exists" in again
    gcloud.ok(*POOLS, "undelete", "aws-prod", LOCATION)
    [back] = gcloud.json(*POOLS, "list", LOCATION, "--filter=name~aws-prod")
    assert back["state"] == "ACTIVE"


def test_gcloud_leads_an_aws_provider_through_its_life(gcloud: Program) -> None:
    gcloud.ok(*POOLS, "create", "aws-test", LOCATION)
    where = (LOCATION, "--workload-identity-pool=aws-test")
    gcloud.ok(
        *(*PROVIDERS, "create-aws", "aws-one", *where, "--account-id=111122223333"),
        "--attribute-mapping=" + ",".join(f"{key}={value}" for key, value in MAPPING.items()),
        f"--attribute-condition={CONDITION}",
    )
    name = f"{PARENT}/aws-test/providers/aws-one"
    shown = {"name": name, "state": "ACTIVE", "aws": {"accountId": "111122223333"}}
    assert gcloud.json(*PROVIDERS, "describe", "aws-one", *where) == {
        **shown,
        "attributeMapping": MAPPING,
        "attributeCondition": CONDITION,
    }
    gcloud.ok(
        *(*PROVIDERS, "update-aws", "aws-one", *where, "--account-id=444455556666", "--disabled"),
        *("--display-name=One", "--attribute-condition="),
    )
    gcloud.ok(*PROVIDERS, "delete", "aws-one", *where, "--quiet")
    assert gcloud.json(*PROVIDERS, "list", *where) == []
    gcloud.ok(*PROVIDERS, "undelete", "aws-one", *where)

    [back] = gcloud.json(*PROVIDERS, "list", *where)

    assert back == {
        **shown,
        "displayName": "One",
        "disabled": True,
        "attributeMapping": MAPPING,
        "aws": {"accountId": "444455556666"},
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*POOLS, "describe", "nowhere", LOCATION), "NOT_FOUND: Requested entity was not found."),
        (
            (*POOLS, "create", "aws-long", LOCATION, "--display-name=" + "x" * 33),
            "INVALID_ARGUMENT: display name must be less than or equal to 32 characters",
        ),
        ((*POOLS, "create", "gcp-mine", LOCATION), "INVALID_ARGUMENT: "),
    ],
    ids=["not found", "long name", "reserved id"],
)
def test_gcloud_prints_the_refusals(gcloud: Program, arguments: tuple[str, ...], said: str) -> None:
    assert said in gcloud.refused(*arguments)


def test_gcloud_cannot_tell_a_missing_project_from_an_invisible_one(gcloud: Program) -> None:
    elsewhere = gcloud.with_variables(CLOUDSDK_CORE_PROJECT="acme-elsewhere")

    assert "does not have permission" in elsewhere.refused(*POOLS, "list", LOCATION)
