"""Broken worlds: the chain stops at the right hop, in the cloud's words, with a plain reason."""

from dataclasses import replace

import pytest

from tests.chain.outcomes import outcome_of, statuses
from tests.modes.aws.live.sandbox_world import ACCOUNT, World
from wizard.chain.target import Target, WantedRole
from wizard.modes.aws.live import walk as aws
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.aws.live.places import inside

INVALID_TARGET = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist."
)
REJECTED = "The given credential is rejected by the attribute condition."
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
OTHER_ROLE = "attribute.aws_role == 'arn:aws:sts::111122223333:assumed-role/other'"
OTHERS = (
    "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/"
    "attribute.aws_role/arn:aws:sts::111122223333:assumed-role/other"
)


def walk(world: World, facts: ProviderFacts | None = None, more: dict | None = None, **options: str):
    test = world.test(world.inside_config(**options), facts, **(more or {}))
    return aws.run(test, inside(world.workload_environment(**world.session())))


EXCHANGES = [
    ("other-account", "aws-prod", ProviderFacts("444455556666"), None, "is for AWS account 444455556666"),
    ("switched-off", "aws-prod", ProviderFacts(ACCOUNT, disabled=True), INVALID_TARGET, "the provider is disabled"),
    ("thrown-away", "aws-prod", ProviderFacts(ACCOUNT, state="DELETED"), INVALID_TARGET, "the provider is deleted"),
    ("good", "aws-off", ProviderFacts(ACCOUNT, pool_disabled=True), INVALID_TARGET, "pool is disabled"),
    ("good", "aws-gone", ProviderFacts(ACCOUNT, pool_state="DELETED"), INVALID_TARGET, "pool is deleted"),
    ("other-role", "aws-prod", ProviderFacts(ACCOUNT, condition=OTHER_ROLE), REJECTED, "condition rejects"),
    (
        "long-subject",
        "aws-prod",
        ProviderFacts(ACCOUNT, {"google.subject": "assertion.arn + '/' + assertion.arn"}),
        "The size of mapped attribute google.subject exceeds the 127 bytes limit.",
        "longer than 127 bytes",
    ),
]


@pytest.mark.parametrize(("provider", "pool", "facts", "words", "reason"), EXCHANGES, ids=lambda each: str(each)[:24])
def test_the_exchange_is_refused_and_was_foreseen(
    world: World, provider: str, pool: str, facts: ProviderFacts, words: str | None, reason: str
):
    outcomes = walk(world, facts, provider=provider, pool=pool)
    found = statuses(outcomes)
    assert (found["principal"], found["exchange"]) == ("failed", "failed")
    assert [found[hop] for hop in ("impersonation", "permission", "application")] == ["skipped"] * 3
    failed = outcome_of(outcomes, "exchange")
    assert failed.refusal and (words is None or failed.refusal.message.startswith(words))
    assert reason in (failed.reason or "")
    assert failed.fix


def test_a_provider_that_does_not_exist_is_refused(world: World):
    failed = outcome_of(walk(world, provider="nothing-here"), "exchange")
    assert failed.refusal and (failed.refusal.code, failed.refusal.message) == ("invalid_target", INVALID_TARGET)
    assert "does not exist" in (failed.reason or "")


def test_a_token_service_that_is_switched_off_is_named(world: World):
    failed = outcome_of(walk(world, number="210987654321"), "exchange")
    assert failed.reason == "the API sts.googleapis.com is disabled in project 210987654321"
    assert "gcloud services enable sts.googleapis.com" in (failed.fix or "")


@pytest.mark.parametrize(
    ("account", "members", "reason"),
    [
        ("unbound", (), "no principal has roles/iam.workloadIdentityUser on unbound@"),
        ("others", (OTHERS,), "but not to this workload"),
        ("unbound", None, "the workload does not have permission to impersonate unbound@"),
    ],
)
def test_a_service_account_that_is_not_bound_refuses(
    world: World, account: str, members: tuple[str, ...] | None, reason: str
):
    more = {} if members is None else {"members": {"impersonation": members}}
    outcomes = walk(world, more=more, account=account)
    failed = outcome_of(outcomes, "impersonation")
    assert failed.refusal and failed.refusal.message == DENIED
    assert reason in (failed.reason or "")
    assert statuses(outcomes)["permission"] == "skipped"


def test_a_service_account_that_does_not_exist_is_named(world: World):
    failed = outcome_of(walk(world, account="misspelt"), "impersonation")
    assert failed.refusal and failed.refusal.code in ("NOT_FOUND", "PERMISSION_DENIED")
    assert "misspelt@acme-analytics.iam.gserviceaccount.com" in (failed.reason or "")


def test_a_role_that_is_missing_on_the_target_is_named(world: World):
    wanted = (
        WantedRole("roles/bigquery.jobUser", ("bigquery.jobs.create",)),
        WantedRole("roles/bigquery.dataEditor", ("bigquery.tables.updateData",)),
    )
    outcomes = walk(world, more={"targets": (Target("acme-analytics", wanted),)})
    failed = outcome_of(outcomes, "permission")
    assert failed.reason == (
        "the token is valid, but the workload does not have roles/bigquery.dataEditor on acme-analytics"
    )
    assert "attribute.aws_role/arn:aws:sts::111122223333:assumed-role/rds-to-bigquery" in (failed.fix or "")
    assert statuses(outcomes)["application"] == "skipped"


def test_an_unread_provider_leaves_the_principal_not_proven(world: World):
    test = replace(world.test(world.inside_config()), provider=None)
    outcomes = aws.run(test, inside(world.workload_environment(**world.session())))
    assert statuses(outcomes)["principal"] == "not_proven"
    assert statuses(outcomes)["application"] == "ok"
