"""The key that a definition or a function names: whose it is where its text says so, and never the key itself."""

import json
from typing import Any

import pytest

from tests.modes.aws.test_answers import enough
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.modes.aws.own_key import find
from wizard.setup.replacing import KeyFound

EMAIL = "nightly-load@acme-analytics.iam.gserviceaccount.com"
KEY = json.dumps({"type": "service_account", "client_email": EMAIL, "private_key": "PRIVATEEXAMPLE"})
INLINE = [{"name": "LOADER_KEY", "value": KEY}]
NAMED = [{"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/secrets/key.json"}]
OWN = [{"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/app/clientLibraryConfig-aws-111122223333.json"}]


class Aws:
    """Answers one call with a job definition, a task definition or a function."""

    def __init__(self, container: dict[str, Any] | CloudError) -> None:
        self.container = container

    def quick_call(self, service: str, operation: str, **query: Any) -> dict[str, Any]:
        assert query, operation
        if isinstance(self.container, CloudError):
            raise self.container
        if service == "batch":
            old = {"revision": 1, "containerProperties": {"environment": INLINE}}
            new = {"revision": 12, "ecsProperties": {"taskProperties": [{"containers": [self.container]}]}}
            return {"jobDefinitions": [new, old]}
        if service == "ecs":
            return {"taskDefinition": {"containerDefinitions": [self.container]}}
        variables = {each["name"]: each["value"] for each in self.container["environment"]}
        return {"Environment": {"Variables": variables}}


def found(aws: Aws, runtime: str = "batch-fargate", name: str = "job_definition") -> KeyFound | None:
    clouds = Clouds("acme-analytics", "ap-northeast-1", environ={})
    clouds.__dict__["aws"] = aws
    answers = enough()
    answers.set("aws.runtime", runtime)
    answers.set(f"aws.{name}", "nightly-load")
    return find(clouds, answers)


@pytest.mark.parametrize(
    ("runtime", "name"),
    [("batch-fargate", "job_definition"), ("ecs-fargate", "task_definition"), ("lambda", "function")],
)
def test_the_text_of_a_key_tells_its_account(runtime: str, name: str) -> None:
    key = found(Aws({"environment": INLINE}), runtime, name)
    title = name.replace("_", " ")
    assert key == KeyFound(f"the variable LOADER_KEY of the {title} nightly-load contains a service account key", EMAIL)


def test_a_file_or_a_secret_is_a_key_of_an_account_that_is_not_known() -> None:
    file = found(Aws({"environment": NAMED}))
    assert file is not None
    assert file.account == ""
    assert file.where.endswith("names the file /secrets/key.json")
    secret = found(Aws({"secrets": [{"name": "GCP_SERVICE_ACCOUNT_KEY", "valueFrom": "arn:aws:x"}]}))
    assert secret is not None
    assert secret.where.endswith("comes from a secret")


@pytest.mark.parametrize("environment", [[], OWN, [{"name": "GOOGLE_CLOUD_PROJECT", "value": "acme-analytics"}]])
def test_the_wizards_own_configuration_is_not_a_key(environment: list[dict[str, str]]) -> None:
    assert found(Aws({"environment": environment, "secrets": [{"name": "DB_PASSWORD"}]})) is None


def test_a_definition_that_cannot_be_read_shows_no_key() -> None:
    refused = CloudError("batch", "DescribeJobDefinitions", 403, "AccessDenied", "you may not")
    assert found(Aws(refused)) is None
