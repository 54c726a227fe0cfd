"""A configuration is tested without a setup: as whom the environment says, and by nobody else."""

import json

import pytest

from tests.commands.conftest import World
from wizard.clouds import endpoints
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName

PROVIDER = ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333")


def test_inside_the_workload_its_configuration_is_used_by_the_test_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wizard's own calls are the operator's: none is made with the identity that is under test."""
    document = credential_config(PROVIDER, sts=endpoints.google("sts", world.sandbox.variables))
    file = world.folder / "config.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    assert world.wif("test", str(file), "--from", "inside").code == 1
    exchanges = [each for each in world.requests() if each["service"] == "sts.googleapis.com"]
    assert [each["path"] for each in exchanges] == ["/v1/token"]
