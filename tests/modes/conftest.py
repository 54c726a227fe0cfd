"""The commands, for tests of what several modes share."""

from tests.commands.conftest import lead_here, shared_sandbox, wif, world  # noqa: F401 (fixtures)
