"""A world with GKE clusters, and the same with a key that signs its tokens."""

import pytest

from tests.sandbox_gke.gke import Gke, Keys


@pytest.fixture
def gke() -> Gke:
    """A Standard cluster in a region, with Workload Identity off, and one in a zone."""
    return Gke()


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The key of a cluster."""
    return Keys()
