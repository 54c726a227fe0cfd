"""Random worlds, random setups of workloads on AWS: nobody loses or gains but as the setup and the plan say.

`make worlds` tries many more worlds than the suite does.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.worlds import names, run
from tests.worlds.aws_worlds import setups, worlds
from tests.worlds.cloud import Cloud, served
from tests.worlds.names import Json
from tests.worlds.run import Planned
from tests.worlds.seen import FUNCTION, INSTANCE, TASK, Fact, Facts, Observer, identities
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.sandbox import scenario

EXAMPLES = int(os.environ.get("WIF_WIZARD_WORLDS", "4"))
SHARES = " also gets every Google Cloud role that is granted to"
counted: Counter[str] = Counter()
"""How many setups were planned and refused, and in how many plans others gain, or the provider is widened."""


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with served(scenario.load()) as found:
        yield found
    assert counted["refused"] * 2 <= counted["planned"], f"most of these worlds test nothing: {dict(counted)}"
    if EXAMPLES >= 12:
        assert counted["gains"] and counted["widened"], f"these worlds are too simple: {dict(counted)}"


@pytest.fixture
def here(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder, in an environment that leads to the sandbox."""
    for name, value in cloud.served.variables.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@settings(
    max_examples=EXAMPLES,
    derandomize="WIF_WIZARD_WORLDS" not in os.environ,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller example would take minutes
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds(), first=setups("first"), second=setups("second"))
def test_nobody_loses_and_only_the_workload_gains(
    cloud: Cloud, here: Path, world: Json, first: Json, second: Json
) -> None:
    cloud.fill(**world)
    observer = Observer(cloud)
    check_both(observer, Path(tempfile.mkdtemp(dir=here)), first, second)


def check_both(observer: Observer, folder: Path, first: Json, second: Json) -> None:
    """Plan both setups, apply both, and look at the sandbox before, between and after."""
    stored, before = observer.text(), observer.look()
    plan, other = count(run.plan(first, folder)), run.plan(second, folder)
    assert observer.text() == stored, "planning has written something"
    if plan.review is None:
        return
    run.apply(plan)
    between = observer.look()
    check_change(before, between, first, plan)
    in_place(first, folder)
    later = run.plan(second, folder)
    check_unchanged(other, later, plan)
    stored = observer.text()
    if count(later).review is None:
        assert observer.text() == stored
        return
    run.apply(later)
    after = observer.look()
    check_change(between, after, second, later)
    in_place(first, folder)
    in_place(second, folder)
    check_works(after, first)
    check_works(after, second)


def count(planned: Planned) -> Planned:
    """Count a plan, and what is in it, or its refusal."""
    counted["planned"] += 1
    counted["refused"] += planned.review is None
    if planned.review is not None:
        counted["gains"] += bool(planned.gains)
        actions = {change.resource.kind: change.action for change in planned.review.plan.changes}
        counted["widened"] += actions["workload identity pool provider"] == "update"
    return planned


def in_place(setup: Json, folder: Path) -> None:
    """Check that a plan is empty."""
    again = run.plan(setup, folder)
    assert again.review is not None, again.refusal
    assert again.review.in_place, again.shown()


def check_change(before: Facts, after: Facts, setup: Json, plan: Planned) -> None:
    """Check that what changed is what the setup wants and what the plan announced, and that both came about."""
    lost = {fact for fact in before - after if not loss_announced(fact, plan)}
    assert not lost, (sorted(lost), plan.shown())
    new = {fact for fact in after - before if not (wanted(fact, setup) or had_otherwise(fact, before))}
    new |= through_account(before, after, setup)
    gained = {fact for fact in new if can_be_known(fact, setup) and not gain_announced(fact, setup, plan)}
    assert not gained, (sorted(gained), plan.gains, plan.shown())
    for line in plan.gains:
        real = (after - before) | through_account(before, after, setup)
        assert any(is_about(line, fact) and is_named(line, fact, setup) for fact in real), (line, plan.shown())
    for line in plan.losses:
        assert any(fact[0] == "profile" and line.endswith(f" {fact[2]}") for fact in before - after), line


def check_works(facts: Facts, setup: Json) -> None:
    """Check that the workload gets a token, and has every role: directly, or as its service account."""
    provider = provider_of(setup)
    for arn in own_sessions_of(setup):
        assert ("admitted", provider, arn) in facts, arn
        if email := account_of(setup):
            assert ("impersonates", provider, arn, email, "now") in facts, arn
        for project, role in grants_of(setup):
            has = ("member", f"serviceAccount:{email}") if email else ("role", provider, arn)
            assert (*has, project, role, "now") in facts, (arn, role)
    assert ("trust", setup["aws"]["role"], service_of(setup)) in facts


def check_unchanged(before: Planned, after: Planned, applied: Planned) -> None:
    """Check that another setup's plan is as it was, but for the resources that the applied plan changed too."""
    assert applied.review is not None
    shared = {change.resource.identity for change in applied.review.plan.pending}
    if before.review is None:
        return
    if after.review is None:
        # The provider has the mapping of the first setup now, and mappings are never altered.
        kinds = {kind for kind, _ in shared & before.changes.keys()}
        assert "workload identity pool provider" in kinds and "cannot admit the role" in after.refusal, after.refusal
        return
    for identity, change in before.changes.items():
        now = after.changes[identity]
        if identity not in shared:
            assert (change.action, change.before, change.after) == (now.action, now.before, now.after)
        else:
            assert now.action in ("none", "update"), now


def wanted(fact: Fact, setup: Json) -> bool:
    """Whether a setup asks for a fact."""
    match fact:
        case ("admitted", provider, arn):
            return arn in sessions_of(setup) and provider == provider_of(setup)
        case ("role", _, arn, project, role, _):
            return not account_of(setup) and arn in sessions_of(setup) and (project, role) in grants_of(setup)
        case ("impersonates", _, arn, email, _):
            return arn in sessions_of(setup) and email == account_of(setup)
        case ("member", member, project, role, _):
            return member == f"serviceAccount:{account_of(setup)}" and (project, role) in grants_of(setup)
        case ("trust", role, service):
            return role == setup["aws"]["role"] and service == service_of(setup)
        case ("profile", name, role):
            return name == role == setup["aws"]["role"]
    return False


def gain_announced(fact: Fact, setup: Json, plan: Planned) -> bool:
    """Whether the plan says that someone gains this."""
    back = any("get tokens again" in text for text in plan.impacts)
    if back and fact[0] in ("admitted", "role", "impersonates"):
        return True
    if not (is_ours(fact, setup) or fact[:2] == ("member", f"serviceAccount:{account_of(setup)}")):
        return others_announced(fact, setup, plan)
    return any(is_about(line, fact) for line in plan.gains)


def others_announced(fact: Fact, setup: Json, plan: Planned) -> bool:
    """Whether the plan says that others get what the role is granted, or what a policy has granted to them for long."""
    if fact[0] in ("role", "impersonates") and any(SHARES in note for note in plan.notes):
        same = (fact[0], "", own_sessions_of(setup)[0], *fact[3:])
        return wanted(same, setup)
    return fact[0] == "role" and any("make a grant effective" in x and is_about(x, fact) for x in plan.gains)


def had_otherwise(fact: Fact, before: Facts) -> bool:
    """Whether the identity could do the same before, with a token from another provider."""
    same = (fact[0], *fact[2:])
    return fact[0] in ("role", "impersonates") and any((other[0], *other[2:]) == same for other in before)


def can_be_known(fact: Fact, setup: Json) -> bool:
    """Whether the plan reads the policy that gives this to the workload: one of what the setup names."""
    google, access = setup["google"], setup["access"]
    named = {names.HOME, google.get("pool_project", names.HOME)}
    named |= {grant["on"].removeprefix("projects/") for grant in access["grants"]}
    match fact:
        case ("role", _, _, project, _, _) if is_ours(fact, setup):
            return project in named
        case ("impersonates", _, _, email, _) if is_ours(fact, setup):
            return email == account_of(setup)
        case ("member", _, project, _, _):
            return project in named
    return True


def loss_announced(fact: Fact, plan: Planned) -> bool:
    """Whether the plan says that someone loses this."""
    return fact[0] == "profile" and any(line.endswith(f" {fact[2]}") for line in plan.losses)


def is_about(line: str, fact: Fact) -> bool:
    """Whether a sentence of the plan is about this gain."""
    match fact:
        case ("role", _, _, project, role, _) | ("member", _, project, role, _):
            return f"gets {role} on {project}" in line
    return False


def is_named(line: str, fact: Fact, setup: Json) -> bool:
    """Whether a sentence about a gain is about those who have it: the workload, or someone else."""
    return fact[0] == "member" or is_ours(fact, setup) != ("make a grant effective" in line)


def is_ours(fact: Fact, setup: Json) -> bool:
    """Whether the fact is about the workload's role."""
    return len(fact) > 2 and fact[2] in sessions_of(setup)


def through_account(before: Facts, after: Facts, setup: Json) -> Facts:
    """What the workload gets as it can impersonate the service account, although the setup does not ask for it."""
    email = account_of(setup)
    if not any(fact[0] == "impersonates" and fact[3] == email and is_ours(fact, setup) for fact in after - before):
        return frozenset()
    has = {fact for fact in after if fact[:2] == ("member", f"serviceAccount:{email}")}
    return frozenset(fact for fact in has if fact[2:4] not in grants_of(setup))


def sessions_of(setup: Json) -> list[str]:
    """The ARNs of the role's sessions that the observer tries."""
    prefix = names.role_arn(setup["aws"]["role"]) + "/"
    return [each.arn for each in identities() if each.arn.startswith(prefix)]


def own_sessions_of(setup: Json) -> list[str]:
    """The ARNs of sessions as the setup's runtime names them."""
    name = {"ec2": INSTANCE, "lambda": FUNCTION}.get(setup["aws"]["runtime"], TASK)
    return [names.session(setup["aws"]["role"], name)]


def provider_of(setup: Json) -> str:
    """The full name of the provider."""
    google = setup["google"]
    pool = names.pool_name(google.get("pool_project", names.HOME), google["pool"])
    return f"{pool}/providers/{google['provider']}"


def account_of(setup: Json) -> str:
    """The email of the service account; empty for direct access."""
    name = setup["access"].get("service_account")
    return names.email(name) if name else ""


def grants_of(setup: Json) -> set[tuple[str, str]]:
    """The projects and roles that a setup wants."""
    grants = setup["access"]["grants"]
    return {(grant["on"].removeprefix("projects/"), role) for grant in grants for role in grant["roles"]}


def service_of(setup: Json) -> str:
    """The service that assumes the role."""
    return RUNTIMES[setup["aws"]["runtime"]].service.principal
