"""What is registered for a test in a task: small enough for Batch, with the workload's role and a name of our own."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters

from wizard.chain import carried_probe
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.modes.aws.live.task import batch, ecs
from wizard.modes.aws.live.task.batch import BatchPlace
from wizard.modes.aws.live.task.ecs import EcsPlace
from wizard.modes.aws.live.task.wanted import IMAGE, PREFIX, Logs, Wanted, new_name

LARGEST = 20 * 1024
"""Bytes of a whole definition, as it is sent."""
ROLE = "arn:aws:iam::111122223333:role/rds-to-bigquery"
EXECUTION = "arn:aws:iam::111122223333:role/ecsTaskExecutionRole"


def request() -> dict[str, Any]:
    """A request that is larger than most: impersonation, ten roles on two projects, and every hop may settle."""
    name = ProviderName(
        PoolName("123456789012", "a-pool-with-a-long-name-of-32-char"), "a-provider-with-a-long-name-32-c"
    )
    email = "a-service-account-of-30-charac@a-project-of-thirty-characters.iam.gserviceaccount.com"
    permissions = [f"bigquery.aLongKindOfResource{number}.aVerbOfMany" for number in range(30)]
    return {
        "config": credential_config(name, service_account=email),
        "permissions": [{"project": f"a-project-of-thirty-characters-{n}", "permissions": permissions} for n in "12"],
        "bigquery": {"project": "a-project-of-thirty-characters"},
        "endpoints": {},
        "container_host": "http://169.254.170.2",
        "link_local": True,
        "application": {"supplier": True},
        "settle": {hop: {"age": 12.345, "limit": 600.0} for hop in ("exchange", "impersonation", "permission")},
    }


def wanted(on_fargate: bool = True) -> Wanted:
    return Wanted(
        name=new_name(),
        account="111122223333",
        region="ap-northeast-1",
        image=IMAGE,
        command=carried_probe.command(request(), 780),
        seconds=780,
        role=ROLE,
        execution_role=EXECUTION,
        on_fargate=on_fargate,
        logs=Logs("/wif-wizard/wif-wizard-probe-0123abcd", own=True),
    )


def sent(service: str, operation: str, arguments: dict[str, Any]) -> bytes:
    """What botocore sends for a call, whose arguments must fit its own model of the API."""
    model = botocore.session.get_session().get_service_model(service)
    operation_model = model.operation_model(operation)
    validate_parameters(arguments, operation_model.input_shape)
    from botocore.serialize import create_serializer

    serializer = create_serializer(model.metadata["protocol"], include_validation=True)
    body = serializer.serialize_to_request(arguments, operation_model)["body"]
    return body if isinstance(body, bytes) else str(body).encode()


@pytest.mark.parametrize("on_fargate", [True, False])
def test_a_whole_definition_is_under_20_kib_as_sent(on_fargate: bool) -> None:
    job = batch.definition(wanted(on_fargate), BatchPlace("nightly", "the only queue", public_ip=True))
    task = ecs.definition(wanted(on_fargate), EcsPlace("main", "cluster: from the setup"))
    assert len(sent("batch", "RegisterJobDefinition", job)) < LARGEST
    assert len(sent("ecs", "RegisterTaskDefinition", task)) < LARGEST


def test_the_workloads_role_is_the_task_role_and_not_the_execution_role() -> None:
    job = batch.definition(wanted(), BatchPlace("nightly", "the only queue"))
    task = ecs.definition(wanted(), EcsPlace("main", "cluster: from the setup"))
    container = job["containerProperties"]
    assert (container["jobRoleArn"], container["executionRoleArn"]) == (ROLE, EXECUTION)
    assert (task["taskRoleArn"], task["executionRoleArn"]) == (ROLE, EXECUTION)
    assert job["jobDefinitionName"].startswith(PREFIX)
    assert task["family"].startswith(PREFIX)


def test_a_job_has_a_timeout_that_batch_accepts() -> None:
    short = Wanted("wif-wizard-probe-1", "111122223333", "ap-northeast-1", IMAGE, ["true"], 10, ROLE)
    assert batch.definition(short, BatchPlace("q", ""))["timeout"] == {"attemptDurationSeconds": 60}


def test_a_job_on_ec2_has_whole_processors_and_no_network_of_fargate() -> None:
    container = batch.definition(wanted(on_fargate=False), BatchPlace("q", ""))["containerProperties"]
    assert {"type": "VCPU", "value": "1"} in container["resourceRequirements"]
    assert "networkConfiguration" not in container
    assert json.dumps(container).count("0.25") == 0
