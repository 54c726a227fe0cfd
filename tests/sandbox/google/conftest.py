"""What the tests of Google's services start from: a project for federation, and a world with GKE clusters."""

import pytest

from tests.sandbox.google.federation import Federation
from tests.sandbox.google.gke import Gke, Keys


@pytest.fixture
def no_pools() -> Federation:
    """A project whose pools are empty."""
    return Federation()


@pytest.fixture
def federation(no_pools: Federation) -> Federation:
    """A project with the pool aws-prod and its provider for the account."""
    no_pools.provide()
    return no_pools


@pytest.fixture
def gke() -> Gke:
    """A Standard cluster in a region, with Workload Identity off, and one in a zone."""
    return Gke()


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The key of a cluster."""
    return Keys()
