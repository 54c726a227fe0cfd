"""Which of the real programs' tests the suite runs; `make judges` runs them all."""

from pathlib import Path

import pytest

from tests.in_full import IN_FULL

HEAVY = (
    "test_aws_cli.py",
    "test_aws_permissions.py",
    "test_gcloud_admin.py",
    "test_gcloud_clusters.py",
    "test_gcloud_container.py",
    "test_gcloud_denials.py",
    "test_gcloud_grants.py",
    "test_gcloud_hierarchy.py",
    "test_gcloud_logging.py",
    "test_gcloud_pools.py",
    "test_google_clients.py",
    "test_kubectl_day.py",
    "test_oidc_clients.py",
)
"""Hundreds of commands, each of which takes a second to start. Of every program, others stay in the suite."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the heavy ones, unless they are asked for."""
    if IN_FULL:
        return
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and item.path.name in HEAVY:
            item.add_marker(pytest.mark.skip(reason="make judges runs it"))
