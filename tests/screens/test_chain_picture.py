"""The picture of the chain: at every width, and in every state."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from screens.widgets.chain_drawing import NARROWEST, Cell, HopState, draw, duration
from screens.widgets.chain_picture import ChainPicture
from tests.commands.conftest import IMPERSONATED, SETUP
from tests.screens.driving import resized
from tests.screens.frames import check
from tests.setups import loads
from wizard.chain.hop import IMPERSONATION, Hop, Outcome, Refusal, Settling
from wizard.modes.aws import chain_titles

DIRECT = chain_titles.titles(loads(SETUP))
THROUGH_ACCOUNT = chain_titles.titles(loads(IMPERSONATED))

states = st.sampled_from(get_args(HopState))
cells = st.lists(st.builds(Cell, st.text("abc Z", max_size=24), states, st.text("1 ms", max_size=14)), max_size=9)


@given(cells, st.integers(NARROWEST, 200), st.booleans())
def test_no_line_is_wider_than_the_room(chain: list[Cell], width: int, boxed: bool) -> None:
    assert all(len(line) <= width for line in draw(chain, width, boxed).plain.splitlines())


@given(cells, st.integers(20, 200), st.booleans())
def test_every_hop_is_drawn_with_its_title_and_its_state(chain: list[Cell], width: int, boxed: bool) -> None:
    drawn = draw(chain, width, boxed).plain
    assert all(cell.title.strip() in drawn for cell in chain)
    assert all(cell.under.strip() in drawn or cell.note == "" or width < NARROWEST for cell in chain)


def test_impersonation_is_in_the_picture_only_where_there_is_some() -> None:
    assert list(DIRECT.values()) == [
        "Config file",
        "Job role",
        "AWS STS",
        "Provider",
        "Google STS",
        "BigQuery",
        "Application",
    ]
    assert THROUGH_ACCOUNT["impersonation"] == "bq-loader"


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0 ms"), (0.061, "61 ms"), (1.24, "1.2 s"), (125.0, "2 min 5 s")])
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


class Alone(App[int]):
    """The picture by itself."""

    CSS = "ChainPicture { height: auto; }"

    def __init__(self, titles: dict[str, str]) -> None:
        super().__init__()
        self.titles = titles

    def compose(self) -> ComposeResult:
        yield ChainPicture(self.titles)


def outcome(identifier: str, status: str = "ok", elapsed: float = 0.0) -> Outcome:
    """What became of a hop."""
    return Outcome(Hop(identifier, identifier), status, elapsed=elapsed)  # type: ignore[arg-type]  # a status by its word


@pytest.mark.parametrize(
    ("size", "name"),
    [((59, 24), "folded"), ((65, 40), "boxes"), ((120, 24), "one-row"), ((36, 24), "downwards")],
)
async def test_the_picture_of_a_chain_that_failed(size: tuple[int, int], name: str) -> None:
    app = Alone(DIRECT)
    async with app.run_test(size=size) as pilot:
        picture = app.query_one(ChainPicture)
        picture.start()
        for identifier, elapsed in [("config", 0.0), ("aws-credentials", 0.012), ("caller-identity", 0.048)]:
            picture.show(outcome(identifier, elapsed=elapsed))
        picture.show(outcome("principal"))
        picture.show(outcome("exchange", "failed", 0.061))
        for identifier in ("impersonation", "permission", "application"):
            picture.show(outcome(identifier, "skipped"))
        await pilot.pause()
        check(app, f"chain-{name}")


async def test_the_picture_fills_hop_by_hop_and_tells_what_settles() -> None:
    app = Alone(THROUGH_ACCOUNT)
    async with app.run_test(size=(59, 24)) as pilot:
        picture = app.query_one(ChainPicture)
        picture.start()
        assert picture.state("config") == "running"
        for identifier in ("config", "aws-credentials", "caller-identity", "principal", "exchange"):
            picture.show(outcome(identifier, elapsed=0.002))
        assert picture.state("impersonation") == "running"
        picture.settle(Settling(IMPERSONATION, 95.0, Refusal("PERMISSION_DENIED", "[/x] no")))
        assert picture.state("impersonation") == "settling"
        await pilot.pause()
        check(app, "chain-settling")
        picture.stop()
        assert picture.state("impersonation") == "open"


async def test_the_picture_follows_the_width() -> None:
    app = Alone(DIRECT)
    async with app.run_test(size=(110, 24)) as pilot:
        picture = app.query_one(ChainPicture)
        await pilot.pause()
        assert picture.size.height == 2
        await resized(pilot, 59, 24)
        assert picture.size.height == 5
        await resized(pilot, 30, 24)
        assert picture.size.height == 7
