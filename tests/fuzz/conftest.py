"""Two sandboxes to fuzz, and how long to do so."""

import os
from collections.abc import Iterator

import pytest

from wizard.sandbox.process import Sandbox

from . import aws_calls

SEED = 20261130
ROUNDS = int(os.environ.get("WIF_WIZARD_FUZZ_ROUNDS", "1"))
"""How many times as many requests as in the suite."""


@pytest.fixture(scope="package")
def aws_sandbox() -> Iterator[Sandbox]:
    """A sandbox with an AWS account, which has loaded what it needs to answer for every service."""
    with Sandbox("batch-bigquery") as running:
        for sent in aws_calls.one_of_each(running):
            aws_calls.answered(running, sent)
        yield running


@pytest.fixture(scope="package")
def gke_sandbox() -> Iterator[Sandbox]:
    """A sandbox with a cluster."""
    with Sandbox("gke-spanner") as running:
        yield running
