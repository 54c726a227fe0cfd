"""The frame: header, rail, help and keys, at every size."""

from tests.screens.conftest import Open
from tests.screens.driving import SMALL
from tests.screens.frames import check


async def test_the_small_frame_has_rail_and_page_but_no_help(open_wizard: Open) -> None:
    async with open_wizard(SMALL, page="project") as pilot:
        check(pilot.app, "project-empty-80x24")
