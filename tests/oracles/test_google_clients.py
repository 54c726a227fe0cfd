"""Programs with Google's client libraries, unchanged, over gRPC: they find credentials and host by themselves."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from wizard.sandbox.process import Sandbox

CLUSTERS = """
from google.cloud import container_v1
answer = container_v1.ClusterManagerClient().list_clusters(parent="projects/acme-payments/locations/-")
print([(cluster.name, cluster.location) for cluster in answer.clusters])
"""
PROJECT = """
from google.cloud import resourcemanager_v3
print(resourcemanager_v3.ProjectsClient().get_project(name="projects/acme-payments").display_name)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The scenario with a cluster."""
    with Sandbox("gke-spanner") as running:
        yield running


@pytest.mark.parametrize(
    ("library", "program", "printed"),
    [
        ("google.cloud.container_v1", CLUSTERS, "[('payments', 'asia-northeast1')]"),
        ("google.cloud.resourcemanager_v3", PROJECT, "Acme Payments"),
    ],
)
def test_a_program_with_a_google_client_runs_unchanged(
    sandbox: Sandbox, library: str, program: str, printed: str
) -> None:
    pytest.importorskip(library)
    done = subprocess.run(
        [sys.executable, "-c", program], env=sandbox.environ(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, printed), done.stderr
