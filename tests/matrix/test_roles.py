"""Some rows of the matrix of roles, always the same; `make roles-matrix` runs all of them."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.matrix.roles import CUSTOM, PREDEFINED, ROLES, Matrix
from tests.modes.aws.live.sandbox_world import WORLD, World
from wizard.sandbox.process import Sandbox

SAMPLE = [*(f"roles/{name}" for name in random.Random(20261129).sample(PREDEFINED.split(), 9)), *CUSTOM]
NOT_TESTABLE = "roles/resourcemanager.organizationViewer"


@pytest.fixture
def matrix(monkeypatch: pytest.MonkeyPatch) -> Iterator[Matrix]:
    with Sandbox(str(WORLD), ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        yield Matrix(World(dict(os.environ)))


def test_a_role_passes_if_it_is_granted_and_fails_if_it_is_not(matrix: Matrix) -> None:
    results = list(matrix.results([*SAMPLE, NOT_TESTABLE]))
    assert [f"{each.role}, {each.state}: {each.wrong}" for each in results if each.wrong] == []
    not_proven = [each.role for each in results if each.word == "not proven"]
    assert not_proven == [NOT_TESTABLE]


def test_the_matrix_has_60_predefined_and_3_custom_roles() -> None:
    assert (len(set(PREDEFINED.split())), len(ROLES)) == (60, 63)
