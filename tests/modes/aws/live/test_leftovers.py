"""What killed live tests left: known from the journal and from AWS, and told once."""

import os

import pytest

from tests.modes.aws.live.sandbox_world import World
from wizard.engine.journal import Journal
from wizard.language import speaking
from wizard.modes.aws.live import leftovers, trusted

REGION = "ap-northeast-1"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_statement_has_one_name_whoever_tells_of_it(world: World, language: str) -> None:
    need = trusted.needs_trust(world.aws, "closed")
    sid, account = str(need.statement["Sid"]), need.caller.split(":")[4]
    journal = Journal()
    place = {"account": account, "region": REGION, "role": need.role, "sid": sid}
    with speaking(language), trusted.trusted(world.aws, need, REGION, journal):
        journal.release(journal.remember(trusted.KIND, f"{sid} of the role {need.role}", place))
        recorded = leftovers.in_journal(account, os.environ, journal)
        found = leftovers.in_cloud(world.aws, need.role, "ecs-fargate")
    assert [each.what for each in recorded] == [each.what for each in found]
    assert len(found) == 1 and sid in found[0].what
