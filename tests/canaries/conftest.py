"""The commands, run in this process."""

from tests.commands.conftest import wif  # noqa: F401 (a fixture)
