"""Random worlds, random setups of workloads on GKE: nobody loses or gains but as the setup and the plan say."""

import os
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from tests.worlds import gke_worlds as gke
from tests.worlds import run
from tests.worlds.cloud import Cloud, served
from tests.worlds.gke_seen import GkeObserver
from tests.worlds.gke_worlds import setups, worlds
from tests.worlds.names import Json
from tests.worlds.run import Planned
from tests.worlds.seen import Fact, Facts
from wizard.sandbox import scenario

EXAMPLES = int(os.environ.get("WIF_WIZARD_WORLDS", "4"))


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """The scenario with the cluster in its pool, and the metadata server on the workloads' node pool."""
    document = yaml.safe_load(files("assets").joinpath("scenarios", "gke-spanner.yaml").read_text(encoding="utf-8"))
    cluster = document["google"]["projects"][0]["clusters"][0]
    cluster["workload_pool"], cluster["node_pools"][0]["mode"] = gke.POOL, "GKE_METADATA"
    with served(scenario.parse("gke-worlds", yaml.safe_dump(document))) as found:
        yield found


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
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds(), first=setups(), second=setups())
def test_nobody_loses_and_only_the_workloads_gain(
    cloud: Cloud, here: Path, world: Json, first: Json, second: Json
) -> None:
    observer = GkeObserver(cloud)
    observer.fill(world)
    check_both(observer, Path(tempfile.mkdtemp(dir=here)), first, second)


def check_both(observer: GkeObserver, folder: Path, first: Json, second: Json) -> None:
    """Plan and apply both setups, and look at the sandbox before, between and after."""
    stored, before = observer.text(), observer.look()
    plan, other = run.plan(first, folder), run.plan(second, folder)
    assert observer.text() == stored, "planning has written something"
    assert plan.review is not None and other.review is not None, plan.refusal or other.refusal
    run.apply(plan)
    between = observer.look()
    check_change(before, between, first, plan)
    in_place(first, folder)
    later = run.plan(second, folder)
    assert plan.changes and {identity for identity, _ in unlike(other, later)} <= pending(plan)
    run.apply(later)
    check_change(between, observer.look(), second, later)
    in_place(second, folder)
    if not contradict(first, second):
        in_place(first, folder)


def in_place(setup: Json, folder: Path) -> None:
    """Check that a plan is empty."""
    again = run.plan(setup, folder)
    assert again.review is not None, again.refusal
    assert again.review.in_place, again.shown()


def pending(plan: Planned) -> set[tuple[str, str]]:
    """The resources that a plan changes."""
    assert plan.review is not None
    return {change.resource.identity for change in plan.review.plan.pending}


def unlike(one: Planned, other: Planned) -> Iterator[tuple[tuple[str, str], str]]:
    """The resources whose changes differ, with the action now."""
    for identity, change in one.changes.items():
        now = other.changes[identity]
        if (change.action, change.after) != (now.action, now.after):
            yield identity, now.action


def contradict(first: Json, second: Json) -> bool:
    """Whether two setups want another Google service account for the same Kubernetes service account."""
    wanted = {gke.title(each): each.get("google_service_account") for each in first["workloads"]}
    titles = {gke.title(each): each.get("google_service_account") for each in second["workloads"]}
    return any(wanted[title] != titles[title] for title in wanted.keys() & titles.keys())


def check_change(before: Facts, after: Facts, setup: Json, plan: Planned) -> None:
    """Check that what changed is what the setup wants and what the plan announced, and that the workloads work."""
    lost = {fact for fact in before - after if not loss_announced(fact, plan)}
    assert not lost, (sorted(lost), plan.shown())
    gained = {fact for fact in after - before if not wanted(fact, before, setup, plan)}
    assert not gained, (sorted(gained), plan.gains, plan.shown())
    for workload in setup["workloads"]:
        for grant in workload["grants"]:
            missing = [r for r in grant["roles"] if ("can", gke.title(workload), r, "now") not in after]
            assert not missing, (workload, missing)


def loss_announced(fact: Fact, plan: Planned) -> bool:
    """Whether the plan says that the pods of a workload stop acting as a Google service account."""
    return fact[0] == "can" and any(f"pods that use {fact[1]} " in text for text in plan.impacts)


def wanted(fact: Fact, before: Facts, setup: Json, plan: Planned) -> bool:
    """Whether a setup asks for a fact, or the plan announces it."""
    for workload in setup["workloads"]:
        title, name = gke.title(workload), workload.get("google_service_account")
        email = name and gke.email(name)
        together = [each for each in setup["workloads"] if email and each.get("google_service_account") == name]
        roles = [role for each in together or [workload] for grant in each["grants"] for role in grant["roles"]]
        match fact:
            case ("role", who, role, _) if who == title and not email and role in roles:
                return True
            case ("impersonates", who, account, _) if who == title and account == email:
                return True
            case ("member", account, role, _) if account == email and role in roles:
                return True
            case ("can", who, role, moment) if who == title:
                own = ("role", title, role, moment) in before and not email
                could = ("impersonates", title, email, "now") in before and ("member", email, role, moment) in before
                said = any(f"{title} also gets {role} on" in text for text in plan.gains)
                return role in roles or own or could or said
    # Whoever acts as the service account already gets what is granted to it.
    return fact[0] == "can" and plan_grants_to_account(fact, before, setup)


def plan_grants_to_account(fact: Fact, before: Facts, setup: Json) -> bool:
    """Whether a pod gets a role since it acted before as the service account that the setup grants it to."""
    _, title, role, _ = fact
    for workload in setup["workloads"]:
        email = workload.get("google_service_account") and gke.email(workload["google_service_account"])
        acted = any(other[:3] == ("impersonates", title, email) for other in before)
        if email and acted and any(role in grant["roles"] for grant in workload["grants"]):
            return True
    return False
