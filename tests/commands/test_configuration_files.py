"""Files that are not setups, and configurations that are rejected: one clear answer, in JSON too."""

import json
from typing import Any

import pytest

from tests.commands.conftest import SETUP, World
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName

CONFIG = credential_config(ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333"))
AUDIENCE = str(CONFIG["audience"])


def written(world: World, document: Any, name: str = "config.json") -> str:
    path = world.folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")])
def test_a_configuration_instead_of_a_setup_is_to_be_tested(world: World, command: tuple[str, ...]) -> None:
    path = written(world, CONFIG)
    answer = world.wif(*command, path)
    assert answer.code == 64
    assert (
        f"the file contains a credential configuration for AWS, not a setup; run `wif-wizard test {path}`" in answer.err
    )
    assert "remove" not in answer.err
    assert world.wif(*command, path, "--json").json["error"]["problems"][0]["where"] == "file"


def test_the_number_of_the_project_is_named_where_it_can_be_read(world: World) -> None:
    for text in ("acme-analytics", "PROJECT_NUMBER", "<number>"):
        path = written(world, {**CONFIG, "audience": AUDIENCE.replace("123456789012", text)})
        answer = world.wif("test", path, "--json")
        assert answer.code == 64
        message = answer.json["error"]["message"]
        assert "write 123456789012, which is the number of the project acme-analytics" in message
        assert ("placeholder" in message) is (text != "acme-analytics")


@pytest.mark.parametrize(
    "document", ["", "{", "[]", {"type": "service_account"}, {**CONFIG, "token_url": "https://x.example"}]
)
def test_a_rejected_file_is_an_object_in_json(world: World, document: Any) -> None:
    for place in ((), ("--from", "inside")):
        answer = world.wif("test", written(world, document), "--json", *place)
        assert (answer.code, answer.json["format"], answer.json["error"]["kind"]) == (64, 1, "bad-input")


def test_the_content_says_what_is_tested_and_not_the_name(world: World) -> None:
    answer = world.wif("test", written(world, {**CONFIG, "audience": "x"}, "config.yaml"))
    assert "audience" in answer.err
    answer = world.wif("test", written(world, SETUP.replace("runtime: batch-fargate", "runtime: none"), "setup.json"))
    assert "aws.runtime" in answer.err


def test_a_setup_names_its_role_itself(world: World) -> None:
    answer = world.wif("test", world.setup(), "--role", "x")
    assert answer.code == 64 and "remove --role" in answer.err
