"""Revert of a run on AWS: the world is as it was before, apart from what others have changed since."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import Answer, World
from tests.oracles.by_hand import aws_worlds as worlds
from tests.oracles.by_hand.worlds import chosen
from tests.oracles.programs import Program, need
from tests.whole_world import changed, dump
from wizard.engine.journal import Journal
from wizard.sandbox.process import Sandbox

Json = dict[str, Any]


class Reverting(World):
    """A world whose scenario is known, to look at all of it."""

    scenario: Json

    def look(self) -> Json:
        """Everything that is there."""
        return dump(self.scenario, *self.folder.glob("*.json"), self.config)


Open = Callable[..., Any]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wif: Callable[..., Answer]) -> Open:
    """Start a sandbox with a scenario: `with opened(scenario) as world`."""

    @contextmanager
    def serve(scenario: Json | None = None) -> Iterator[Reverting]:
        scenario = scenario or worlds.scenario(worlds.IAM_ON)
        path = tmp_path / "world.yaml"
        path.write_text(yaml.safe_dump(scenario), encoding="utf-8")
        with Sandbox(str(path), ["--steady"]) as sandbox:
            for name, value in sandbox.variables.items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
            world = Reverting(tmp_path, sandbox, wif)
            object.__setattr__(world, "scenario", scenario)
            yield world

    return serve


def applied(world: World, text: str) -> str:
    """Apply a setup. Its file."""
    setup = world.setup(text)
    answer = world.wif("apply", setup, "--yes", "--accept-loss")
    assert answer.code == 0, answer.out + answer.err
    return setup


def reverted(world: World, *more: str) -> Answer:
    answer = world.wif("revert", "--yes", "--accept-loss", *more)
    assert answer.code == 0, answer.out + answer.err
    return answer


def left(answer: Answer) -> list[str]:
    """The lines about what was left, without the services."""
    lines = [line.strip() for line in answer.out.splitlines() if line.startswith("  = ")]
    return [line for line in lines if "enabled services" not in line]


@pytest.mark.parametrize("there", chosen(worlds.WORLDS), ids=str)
def test_a_whole_setup_is_reverted(opened: Open, there: worlds.World) -> None:
    """In every world in which the printed commands are tried too."""
    with opened(with_iam(there.scenario)) as world:
        for name, text in there.files.items():
            (world.folder / name).write_text(text, encoding="utf-8")
        before = world.look()
        applied(world, there.setup)
        assert changed(before, world.look())
        assert left(reverted(world)) == []
        assert changed(before, world.look()) == []


def with_iam(scenario: Json) -> Json:
    """The scenario with the IAM API on from the beginning, so that all of it can be read before."""
    scenario = deepcopy(scenario)
    for project in scenario["google"]["projects"]:
        project["services"] = [*project["services"], *worlds.IAM_ON["services"]]
    return scenario


def services(world: Reverting) -> set[str]:
    """The services that are on in the project."""
    answer = json.loads(Program("gcloud", world.sandbox.environ()).ok("services", "list", "--format=json"))
    return {each["config"]["name"] for each in answer}


def test_services_stay_on_unless_asked(opened: Open) -> None:
    need("gcloud")
    with opened(worlds.scenario()) as world:
        before = services(world)
        applied(world, worlds.setup())
        made = services(world)
        assert before < made
        first = reverted(world)
        assert "so the services stay enabled. To disable the services too, add --services." in first.out
        assert services(world) == made
        again = reverted(world, "--services", Journal().runs()[-1].id)
        assert again.code == 0
        assert services(world) == before


def test_a_service_that_others_have_used_stays_on_in_googles_words(opened: Open) -> None:
    need("gcloud")
    scenario = worlds.scenario()
    scenario["google"]["projects"][0]["used_services"] = ["sts.googleapis.com"]
    with opened(scenario) as world:
        before = services(world)
        applied(world, worlds.setup())
        answer = world.wif("revert", "--yes", "--services")
        assert answer.code == 1
        assert (
            "Google Cloud did not disable sts.googleapis.com: The service sts.googleapis.com has usage in the last 30 "
            "days."
        ) in answer.out
        assert services(world) == {*before, "sts.googleapis.com"}


def test_before_a_deletion_the_last_use_is_told_and_until_when_it_can_be_undeleted(opened: Open) -> None:
    need("gcloud")
    with opened(worlds.scenario({"services": ["iam.googleapis.com", "policyanalyzer.googleapis.com"]})) as world:
        applied(world, worlds.setup(access=worlds.THROUGH))
        email = f"bq-loader@{worlds.PROJECT}.iam.gserviceaccount.com"
        assert f"Google Cloud has not recorded a use of {email}." in world.wif("revert").out
        grant = ("--member=user:operator@acme.example", "--role=roles/iam.serviceAccountTokenCreator")
        gcloud = Program("gcloud", world.sandbox.environ())
        gcloud.ok("iam", "service-accounts", "add-iam-policy-binding", email, *grant)
        gcloud.ok("projects", "describe", worlds.PROJECT, f"--impersonate-service-account={email}")
        gcloud.ok("iam", "service-accounts", "remove-iam-policy-binding", email, *grant)
        today = datetime.now(UTC).date()
        shown = world.wif("revert").out
        assert f"Google Cloud recorded the last use of {email} on {today}." in shown
        until = today + timedelta(days=30)
        for what in ("service account", "provider", "pool"):
            assert (
                f"Google Cloud keeps the deleted {what} until {until}. You can undelete the {what} until then." in shown
            )
        assert "AWS has not recorded a use of the role rds-to-bigquery." in shown
