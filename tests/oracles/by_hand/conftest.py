"""What the tests of commands that are typed by hand share: the programs, wif-wizard, and a ledger."""

from collections.abc import Iterator

import pytest

from tests.commands.conftest import wif
from tests.oracles.by_hand.ledger import Ledger
from tests.oracles.programs import need

__all__ = ["wif"]


@pytest.fixture(autouse=True)
def _programs() -> None:
    for program in ("bash", "gcloud", "aws", "kubectl"):
        need(program)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """The ledger of a test. At its end, as many commands were run as were printed."""
    ledger = Ledger()
    yield ledger
    ledger.check()
