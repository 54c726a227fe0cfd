"""A credential configuration without a setup: the role and the roles to prove are found, and never guessed."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.modes.aws.live.sandbox_world import ACCOUNT, World
from wizard.chain.hop import Outcome
from wizard.clouds.session import Clouds
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.modes import named_provider
from wizard.modes.aws import likely_provider
from wizard.modes.aws.live import candidates
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.opened import Consent, Listener
from wizard.setup.problems import BadInput
from wizard.work import testing

POOL = PoolName("123456789012", "aws-prod")
SET = f"principalSet://iam.googleapis.com/{POOL.name}/attribute.aws_role/"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/"


def decline(needed: Consent) -> None:
    raise needed


LISTENER = Listener(lambda *_: None, lambda *_: None, decline)


def outcomes_of(
    folder: Path, document: dict[str, Any], place: str = "", role: str = "", environ: dict[str, str] | None = None
) -> dict[str, Outcome]:
    """The outcomes of a configuration, by hop."""
    path = folder / "config.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    opened = testing.open_configuration(path, role, environ)
    outcomes = testing.test_configuration(opened, place or opened.likely_place, LISTENER, 0.0, threading.Event())
    return {outcome.hop.id: outcome for outcome in outcomes[""]}


@pytest.mark.parametrize("account", [None, "loader"])
def test_the_role_and_its_roles_are_found_in_the_policies(world: World, tmp_path: Path, account: str | None) -> None:
    outcomes = outcomes_of(tmp_path, world.config(account=account))
    assert {each.status for each in outcomes.values()} <= {"ok", "skipped"}
    evidence = " ".join(outcomes["config"].evidence)
    assert "the test runs as the role rds-to-bigquery, because IAM policies name this role" in evidence
    assert "policies of acme-analytics. The test did not read other projects" in evidence
    assert "roles/bigquery.jobUser on acme-analytics: effective" in " ".join(outcomes["permission"].evidence)


def test_the_condition_names_the_role_where_no_policy_does(world: World, tmp_path: Path) -> None:
    outcomes = outcomes_of(tmp_path, world.config(account="others"))
    assert "because the provider's attribute condition names this role" in " ".join(outcomes["config"].evidence)
    assert outcomes["impersonation"].status == "failed"


@pytest.mark.parametrize("role", ["rds-to-bigquery", f"arn:aws:iam::{ACCOUNT}:role/rds-to-bigquery"])
def test_the_operator_can_name_the_role(world: World, tmp_path: Path, role: str) -> None:
    outcomes = outcomes_of(tmp_path, world.config(), role=role)
    assert "because the option --role names this role" in " ".join(outcomes["config"].evidence)
    assert outcomes["application"].status == "ok"


@pytest.mark.parametrize(
    ("config", "role", "says"),
    [
        ({"provider": "other-account"}, "", "add --role ARN, or run the test in the workload with --from inside"),
        ({"number": "999999999999"}, "", "The wizard cannot read the provider"),
        ({"provider": "nothing"}, "", "names the provider nothing, which does not exist"),
        ({}, "not/a/role", "use arn:aws:iam::ACCOUNT:role/NAME"),
        ({}, "arn:aws:iam::444455556666:role/theirs", "account 444455556666: set AWS_PROFILE to another profile"),
    ],
)
def test_a_role_that_is_not_clear_is_asked_for(
    world: World, tmp_path: Path, config: dict[str, str], role: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        outcomes_of(tmp_path, world.config(**config), role=role)


@pytest.mark.parametrize(
    ("config", "types", "code", "says"),
    [
        ({}, ("aws",), "", ""),
        ({}, ("oidc", "saml"), "WIF0308", "the provider good is for AWS"),
        ({"provider": "nothing"}, ("aws",), "WIF0302", "The pool aws-prod has these providers: "),
        ({"pool": "nothing"}, ("aws",), "WIF0307", "The project has these pools: "),
        ({"provider": "switched-off"}, ("aws",), "WIF0304", "the provider switched-off is disabled"),
        ({"provider": "thrown-away"}, ("aws",), "WIF0306", "the provider thrown-away is deleted"),
        ({"pool": "aws-off"}, ("aws",), "WIF0303", "the pool aws-off is disabled"),
        ({"pool": "aws-gone"}, ("aws",), "WIF0305", "the pool aws-gone is deleted"),
        ({"number": "999999999999"}, ("aws",), "", ""),
    ],
)
def test_a_provider_that_gives_nobody_a_token_is_seen_whoever_the_workload_is(
    world: World, config: dict[str, str], types: tuple[str, ...], code: str, says: str
) -> None:
    clouds = Clouds("acme-analytics", environ=world.variables)
    observed = named_provider.observed(clouds, world.config(**config), types)
    assert [each.code for each in observed] == ([code] if code else [])
    assert says in " ".join(sentence for each in observed for sentence in each.evidence)


@pytest.mark.parametrize(
    ("pool", "provider", "meant", "says"),
    [
        ("aws-prod", "goood", "aws-prod/good", "names the provider goood, which does not exist"),
        ("aws-pord", "good", "aws-prod/good", "names the pool aws-pord, which does not exist"),
        ("aws-prod", "good", "", ""),
        ("aws-prod", "nothing", "", ""),
        ("aws-gone", "nothing", "aws-gone/good", "the only matching provider in the pool aws-gone"),
    ],
)
def test_the_provider_that_is_meant_is_found_by_a_typing_error_and_never_guessed(
    world: World, pool: str, provider: str, meant: str, says: str
) -> None:
    clouds = Clouds("acme-analytics", environ=world.variables)
    named = ProviderName(PoolName(POOL.project_number, pool), provider)
    found = likely_provider.find(clouds, named, lambda each: "aws" in each)
    assert (f"{found.name.pool.pool}/{found.name.provider}" if found else "") == meant
    assert says in (found.told if found else "")


def test_the_roles_of_an_account_that_another_provider_of_the_pool_is_for_are_not_taken_for_this_one(
    world: World,
) -> None:
    """A pool can have a provider for each account, and policies that name the roles of all of them."""
    clouds = Clouds("acme-analytics", environ=world.variables)
    other, members = ProviderFacts("444455556666"), [f"{SET}{SESSION}a"]

    def likely(accepts: Callable[[str], bool]) -> list[str]:
        found = candidates.likely_roles(other, members, POOL, lambda _: True, accepts)
        return [each.sessions.role for each in found]

    assert likely(lambda _: False) == ["a"]
    assert likely(likely_provider.accepts(clouds, POOL)) == []


@pytest.mark.parametrize(
    ("variables", "place"),
    [({}, "here"), ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, "inside"), ({"ECS_CONTAINER_METADATA_URI_V4": "x"}, "inside")],
)
def test_it_is_inside_only_where_a_runtime_says_so(
    world: World, tmp_path: Path, variables: dict[str, str], place: str
) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(world.config()))
    assert testing.open_configuration(path, environ={**world.variables, **variables}).likely_place == place


def test_inside_a_machine_that_is_no_workload_the_test_says_so(world: World, tmp_path: Path) -> None:
    session = {**world.variables, **world.session()}
    outcomes = outcomes_of(tmp_path, world.inside_config(), "inside", environ=session)
    evidence = " ".join(outcomes["aws-credentials"].evidence)
    assert "this machine has none of the environment variables of an AWS runtime" in evidence
    assert outcomes["permission"].status == "ok"
    outcomes = outcomes_of(
        tmp_path, world.inside_config(), "inside", environ={**session, "AWS_LAMBDA_FUNCTION_NAME": "f"}
    )
    assert "none of the environment variables of an AWS" not in " ".join(outcomes["aws-credentials"].evidence)


def facts(condition: str = "", **mapping: str) -> ProviderFacts:
    """A provider of the account, with its default mapping unless another is given."""
    given = {key.replace("__", "."): value for key, value in mapping.items()}
    return ProviderFacts(ACCOUNT, given, condition) if given else ProviderFacts(ACCOUNT, condition=condition)


def names(provider: ProviderFacts | None, *members: str) -> list[str]:
    return [each.sessions.role for each in candidates.roles(provider, members, POOL)]


NAMED = {"google__subject": "assertion.arn", "attribute__role": "assertion.arn.extract('assumed-role/{role}/')"}


@pytest.mark.parametrize(
    ("provider", "members", "expected"),
    [
        (facts(), [f"{SET}{SESSION}a"], ["a"]),
        (facts(), [f"{SET}{SESSION}a", f"{SET}{SESSION}b", "user:x@acme.example"], ["a", "b"]),
        (facts(f"attribute.aws_role == '{SESSION}b'"), [f"{SET}{SESSION}a", f"{SET}{SESSION}b"], ["b"]),
        (facts(f"attribute.aws_role in ['{SESSION}b', '{SESSION}c']"), [], ["b", "c"]),
        (facts(f"attribute.aws_role in ['{SESSION}b', '{SESSION}c']"), [f"{SET}{SESSION}c"], ["c"]),
        (facts(f"attribute.aws_role == '{SESSION}b'"), [SET.replace("attribute.aws_role/", "*")], ["b"]),
        (facts("attribute.role == 'vendor'", **NAMED), [], ["vendor"]),
        (facts("", **NAMED), [SET.replace("aws_role", "role") + "vendor"], ["vendor"]),
        (facts(f"assertion.account == '{ACCOUNT}'"), [], []),
        (facts(f"assertion.arn.startsWith('arn:aws:sts::{ACCOUNT}:assumed-role/')"), [], []),
        (facts("this is no CEL"), [f"{SET}{SESSION}a"], []),
        (facts(), [f"principalSet://iam.googleapis.com/{POOL.name}x/attribute.aws_role/{SESSION}a"], []),
        (None, [f"{SET}{SESSION}a"], []),
    ],
)
def test_only_roles_that_are_named_and_admitted_fit(
    provider: ProviderFacts | None, members: list[str], expected: list[str]
) -> None:
    assert names(provider, *members) == expected


def test_a_role_of_a_runtime_that_the_wizard_does_not_know_is_tested_without_a_verdict_on_it(
    world: World, tmp_path: Path
) -> None:
    operator = world.aws.caller()["Arn"]
    statement = {"Effect": "Allow", "Principal": {"AWS": operator}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.aws.call("iam", "create_role", RoleName="of-eks", AssumeRolePolicyDocument=policy)
    outcomes = outcomes_of(tmp_path, world.config(), role="of-eks")
    credentials = outcomes["aws-credentials"]
    assert credentials.status == "not_proven"
    assert "could not check which runtime assumes of-eks" in str(credentials.reason)
    assert outcomes["caller-identity"].status == "ok"
    world.aws.call("iam", "delete_role", RoleName="of-eks")
