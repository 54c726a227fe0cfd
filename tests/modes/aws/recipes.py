"""The recipes of a setup, as files in a folder."""

from typing import Any

from wizard.modes.aws import app_code
from wizard.modes.aws.model import AwsSetup


def recipes(config: dict[str, Any], runtime: str = "ecs-fargate") -> dict[str, str]:
    """The texts that the team gets in a runtime, by the names of their files."""
    document = AwsSetup.example().model_dump(exclude_defaults=True) | {"version": 1, "mode": "aws"}
    document["aws"]["runtime"] = runtime
    setup = AwsSetup.model_validate(document)
    return {each.file: each.text for each in app_code.snippets(setup, config)}
