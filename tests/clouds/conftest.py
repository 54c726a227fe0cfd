"""The clouds of a sandbox world."""

from tests.modes.aws.lists.conftest import clouds, lead_to, sandbox  # noqa: F401 (fixtures)
