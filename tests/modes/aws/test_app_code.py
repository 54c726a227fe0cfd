"""What the application's team gets: right for each runtime, and the code works."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wizard.engine.journal import Journal
from wizard.modes.aws import app_code
from wizard.modes.aws.live import places
from wizard.modes.aws.live.places import Place, WorkloadRole
from wizard.modes.aws.live.trusted import needs_trust, trusted
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.opened import AwsOpened
from wizard.modes.aws.runtimes import with_role
from wizard.modes.aws.suppliers import PYTHON
from wizard.sandbox.process import Sandbox
from wizard.work import applying, planning
from wizard.work.opening import open_in_memory as of_setup

CONFIG = {"type": "external_account", "audience": "//iam.googleapis.com/projects/1"}


def setup_for(runtime: str, **more: object) -> AwsSetup:
    """The example, in another runtime."""
    document = AwsSetup.example().model_dump(exclude_defaults=True) | {"version": 1, "mode": "aws"}
    document["aws"]["runtime"] = runtime
    return AwsSetup.model_validate({**document, **more})


@pytest.mark.parametrize("runtime", with_role())
def test_every_runtime_is_told_where_the_file_is_and_which_project_it_works_in(runtime: str):
    named = {each.name: each.value for each in app_code.variables(setup_for(runtime))}
    assert named["GOOGLE_APPLICATION_CREDENTIALS"].endswith("/clientLibraryConfig-aws-111122223333.json")
    assert named["GOOGLE_CLOUD_PROJECT"] == "acme-analytics"


@pytest.mark.parametrize("runtime", with_role())
def test_the_region_is_named_where_nothing_else_may_tell_it(runtime: str):
    """Lambda refuses a variable of that name, and an instance's metadata service tells the region."""
    named = {each.name for each in app_code.variables(setup_for(runtime))}
    assert ("AWS_REGION" in named) is runtime.startswith(("ecs-", "batch-"))


@pytest.mark.parametrize("runtime", with_role())
def test_containers_get_the_supplier_in_every_language_and_others_none(runtime: str):
    titles = {each.title for each in app_code.snippets(setup_for(runtime), CONFIG)}
    suppliers = {f"Credential supplier for {language}" for language in ("Python", "Go", "Node", "Java")}
    assert suppliers & titles == (suppliers if runtime.startswith(("ecs-", "batch-")) else set())


@pytest.mark.parametrize(
    ("runtime", "files"),
    [
        ("ecs-fargate", {"sidecar-task-definition.json", "Dockerfile.unchanged", "serve_credentials.py"}),
        ("ecs-ec2", {"sidecar-task-definition.json", "Dockerfile.unchanged", "serve_credentials.py"}),
        ("batch-fargate", {"sidecar-job-definition.json", "Dockerfile.unchanged", "serve_credentials.py"}),
        ("batch-ec2", set()),
        ("ec2", set()),
        ("lambda", set()),
    ],
)
def test_an_application_that_cannot_be_changed_has_its_ways_where_there_are_any(runtime: str, files: set[str]):
    found = {each.file for each in app_code.snippets(setup_for(runtime), CONFIG) if "you cannot change" in each.title}
    assert found == files
    assert ("in the host network mode" in app_code.why_not_unchanged(setup_for(runtime))) is (runtime == "batch-ec2")


@pytest.mark.parametrize(
    ("runtime", "words"),
    [
        ("ecs-fargate", "executionRoleArn to pull the image"),
        ("batch-fargate", "The job runs with the role in jobRoleArn"),
        ("ecs-ec2", "The instance role belongs to the host"),
        ("lambda", "runs with its execution role"),
        ("ec2", "instance profile"),
    ],
)
def test_the_trap_of_the_runtimes_roles_is_told(runtime: str, words: str):
    assert words in app_code.identity(setup_for(runtime))


def test_the_definition_is_what_ecs_and_batch_take():
    found = {each.file: each for each in app_code.snippets(setup_for("batch-fargate"), CONFIG)}
    pairs = json.loads(found["environment.json"].text)
    assert pairs[0] == {
        "name": "GOOGLE_APPLICATION_CREDENTIALS",
        "value": "/etc/google/clientLibraryConfig-aws-111122223333.json",
    }
    content = {each["name"]: each["value"] for each in json.loads(found["environment-content.json"].text)}
    assert json.loads(content["GOOGLE_CREDENTIAL_CONFIG"]) == CONFIG


def test_the_entrypoint_writes_the_content_and_starts_the_application(tmp_path: Path):
    found = {each.file: each for each in app_code.snippets(setup_for("ecs-fargate"), CONFIG)}
    script, file = tmp_path / "entrypoint.sh", tmp_path / "config.json"
    script.write_text(found["entrypoint.sh"].text, encoding="utf-8")
    told = {"GOOGLE_CREDENTIAL_CONFIG": json.dumps(CONFIG), "GOOGLE_APPLICATION_CREDENTIALS": str(file)}
    ran = subprocess.run(
        ["sh", str(script), "echo", "started"], env={**os.environ, **told}, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "started\n"
    assert json.loads(file.read_text(encoding="utf-8")) == CONFIG


def test_the_project_is_the_one_that_something_is_granted_on():
    elsewhere = {"grants": [{"on": "projects/acme-warehouse", "roles": ["roles/bigquery.jobUser"]}]}
    named = {each.name: each.value for each in app_code.variables(setup_for("ec2", access=elsewhere))}
    assert named["GOOGLE_CLOUD_PROJECT"] == "acme-warehouse"


def test_the_python_supplier_is_python():
    ast.parse(PYTHON)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(arguments=["--steady"]) as running:
        yield running


IMPERSONATED = {
    "via": "service-account",
    "service_account": "bq-loader",
    "grants": [{"on": "projects/acme-analytics", "roles": ["roles/bigquery.jobUser"]}],
}


@pytest.mark.parametrize("access", [None, IMPERSONATED], ids=["direct", "impersonated"])
def test_the_python_supplier_gets_a_token(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, access: dict[str, object] | None
):
    for name, value in sandbox.variables.items():
        monkeypatch.setenv(name, value)
    setup = setup_for("batch-fargate", **({"access": access} if access else {}))
    opened = of_setup(setup, tmp_path)
    assert applying.apply(opened, planning.review(opened), lambda _: None).ok
    (tmp_path / "google_auth.py").write_text(PYTHON, encoding="utf-8")
    assert _token(opened, tmp_path) == "a token, until it expires"


_USE = """
from google.auth.transport.requests import Request
from google_auth import google_credentials

credentials = google_credentials()
credentials.refresh(Request())
print("a token, until it expires" if credentials.token and not credentials.expired else "no token", end="")
"""


def _token(opened: AwsOpened, folder: Path) -> str:
    """What the snippet gets in a container of the runtime; the role's trust is opened for the length of it."""
    told = {
        "GOOGLE_APPLICATION_CREDENTIALS": str(opened.blueprint.config_path),
        "GOOGLE_CLOUD_PROJECT": "acme-analytics",
        "PYTHONPATH": str(folder),
    }
    with _container(opened) as place:
        environment = {**place.environment, **told}
        ran = subprocess.run(
            [sys.executable, "-c", _USE], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@contextmanager
def _container(opened: AwsOpened) -> Iterator[Place]:
    aws, setup = opened.clouds.aws, opened.setup.aws
    workload = WorkloadRole(setup.account, setup.role, setup.runtime, setup.region)
    with (
        trusted(aws, needs_trust(aws, setup.role), setup.region, Journal()),
        places.here(workload, aws, patience=60.0) as place,
    ):
        yield place


def test_the_sidecar_stands_beside_the_container_of_the_setup():
    setup = setup_for("ecs-fargate")
    named = setup.model_copy(
        update={"aws": setup.aws.model_copy(update={"task_definition": "loader", "container": "load"})}
    )
    found = {each.file: each for each in app_code.snippets(named, CONFIG)}
    part = json.loads(found["sidecar-task-definition.json"].text)
    assert [each["name"] for each in part["containerDefinitions"]] == ["load", "serve-credentials"]
