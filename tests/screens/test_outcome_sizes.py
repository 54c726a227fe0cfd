"""The pages from review to test, where there is hardly any room, and while the terminal is resized."""

from pathlib import Path

import pytest

from screens import bridge
from screens.bridge import OutcomeHappened
from tests.in_full import first
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, TINY, Quiet, resized, the_page
from tests.screens.frames import frame
from tests.screens.modes.aws.test_test import OK, REFUSED
from tests.screens.test_apply import plan_of
from tests.screens.worlds import at_rest, opened_in, session_of, show
from wizard.chain.hop import Outcome

SKIPPED = [Outcome(each.hop, "skipped", reason="exchange failed") for each in OK[5:]]


@pytest.mark.parametrize("sizes", first(1, [(TINY, LARGE, SMALL), (LARGE, TINY, LARGE), ((20, 6), SMALL, (200, 60))]))
async def test_every_page_lives_through_every_size(
    open_wizard: Open, tmp_path: Path, sizes: tuple[tuple[int, int], ...]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(sizes[0], session) as pilot:
        session.opened, session.reviewed = opened_in(tmp_path), plan_of(tmp_path)
        session.done.add("review")
        quiet = Quiet(session)
        for page_id in ("review", "apply", "aws-result", "aws-test"):
            await show(pilot, page_id, quiet)
            for size in sizes:
                await resized(pilot, *size)
                await at_rest(pilot)
            assert frame(pilot.app).strip()
        outcomes = [*OK[:4], REFUSED, *SKIPPED]
        await pilot.press("t")
        for outcome in outcomes:
            the_page(pilot).post_message(OutcomeHappened(outcome))
        the_page(pilot).post_message(bridge.Tested({"": outcomes}))
        for size in sizes:
            await resized(pilot, *size)
            await at_rest(pilot)
