"""AWS accounts for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.aws.served import Account, Accounts, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock, tmp_path: Path) -> Iterator[Accounts]:
    """Start an account: accounts(roles=[...], deny=[...], faults=[...], propagation=seconds)."""
    with Accounts(clock, tmp_path) as running:
        yield running


@pytest.fixture
def account(accounts: Accounts) -> Account:
    """An account with nothing in it but the operator."""
    return accounts()
