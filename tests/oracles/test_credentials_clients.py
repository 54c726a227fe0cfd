"""The real clients turn a credential configuration into tokens on the sandbox, and pass its refusals on."""

import ast
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google.auth
import google.auth.aws
import pytest
import requests
from google.auth import exceptions
from google.auth.transport.requests import AuthorizedSession, Request

from tests.operators import boto
from tests.oracles.programs import Program, need
from tests.oracles.refusals import REFUSALS, STS_IS_OFF, Case, account, node_says, python_says
from wizard.sandbox.process import Sandbox

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / ".venv" / "node_modules"
CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
TASK = "0123456789abcdef0123456789abcdef"
LONG = "a-role-whose-name-leaves-no-room-for-the-session-name-of-a-task"
DIRECT = Case("direct", provider="the-role")
IMPERSONATED = Case("impersonated", provider="the-role", account=account("loader"), lifetime=600)
USER = Case("user", keys="operator")

pytestmark = pytest.mark.xdist_group("credentials")


@dataclass(frozen=True)
class Clouds:
    """A running sandbox, and AWS keys by whose they are."""

    sandbox: Sandbox
    keys: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def clouds() -> Iterator[Clouds]:
    """The world of federated-world.yaml."""
    with Sandbox(str(HERE / "federated-world.yaml")) as sandbox:
        found = sandbox.variables
        region = {"AWS_REGION": found["AWS_REGION"]}
        operator = {**region, **{name: found[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}}
        loader = {**region, **_assume(found, "loader")}
        bare = {key: value for key, value in loader.items() if key != "AWS_SESSION_TOKEN"}
        keys = {
            "operator": operator,
            "loader": loader,
            "long": {**region, **_assume(found, LONG)},
            "bare": bare,
            "forged": {**loader, "AWS_SECRET_ACCESS_KEY": "not the secret of this key"},
        }
        yield Clouds(sandbox, keys)


@pytest.fixture(autouse=True)
def _way_out(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    """google-auth runs in this process: it finds the sandbox as any program does."""
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, clouds.sandbox.variables[name])


def _assume(variables: dict[str, str], role: str) -> dict[str, str]:
    """The keys of a session of the role, as long as those of an ECS task."""
    client = boto(variables, "sts")
    arn = f"arn:aws:iam::111122223333:role/{role}"
    made = client.assume_role(RoleArn=arn, RoleSessionName=TASK)["Credentials"]
    names = {"AccessKeyId": "ACCESS_KEY_ID", "SecretAccessKey": "SECRET_ACCESS_KEY", "SessionToken": "SESSION_TOKEN"}
    return {f"AWS_{name}": made[key] for key, name in names.items()}


def _python(clouds: Clouds, case: Case, patch: pytest.MonkeyPatch) -> Any:
    """google-auth's credentials for the case, refreshed."""
    for name, value in case.environment(clouds.keys).items():
        patch.setenv(name, value)
    credentials = google.auth.aws.Credentials.from_info(case.config(), scopes=[CLOUD_PLATFORM])
    credentials.refresh(Request())
    return credentials


def _dry_run(session: requests.Session) -> requests.Response:
    url = "https://bigquery.googleapis.com/bigquery/v2/projects/acme-analytics/queries"
    return session.post(url, json={"query": "SELECT 1", "dryRun": True, "useLegacySql": False}, timeout=10)


@pytest.mark.parametrize("case", [DIRECT, IMPERSONATED], ids=lambda case: case.name)
def test_google_auth_gets_a_token_that_runs_a_query(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    credentials = _python(clouds, case, monkeypatch)

    with AuthorizedSession(credentials) as session:
        assert _dry_run(session).status_code == 200


def test_an_application_finds_the_file_by_itself(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "clientLibraryConfig-aws-provider.json"
    file.write_text(json.dumps(DIRECT.config()), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "acme-analytics")
    for name, value in DIRECT.environment(clouds.keys).items():
        monkeypatch.setenv(name, value)

    credentials, project = google.auth.default(scopes=[CLOUD_PLATFORM])

    assert project == "acme-analytics"
    with AuthorizedSession(credentials) as session:
        assert _dry_run(session).status_code == 200


def test_a_token_without_a_role_is_refused_by_the_target_only(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = _python(clouds, USER, monkeypatch)

    with AuthorizedSession(credentials) as session:
        answer = _dry_run(session)

    assert answer.status_code == 403
    assert answer.json()["error"]["errors"][0]["reason"] == "accessDenied"


def test_google_auth_takes_the_keys_from_a_supplier(clouds: Clouds) -> None:
    keys = clouds.keys["loader"]

    class Supplier(google.auth.aws.AwsSecurityCredentialsSupplier):
        """As an application on ECS writes it."""

        def get_aws_security_credentials(self, _context: Any, _request: Any) -> Any:
            """The task role's keys."""
            return google.auth.aws.AwsSecurityCredentials(
                keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], keys["AWS_SESSION_TOKEN"]
            )

        def get_aws_region(self, _context: Any, _request: Any) -> str:
            """The task's region."""
            return keys["AWS_REGION"]

    config = DIRECT.config()
    credentials = google.auth.aws.Credentials(
        audience=config["audience"],
        subject_token_type=config["subject_token_type"],
        token_url=config["token_url"],
        aws_security_credentials_supplier=Supplier(),
        universe_domain=config["universe_domain"],
        scopes=[CLOUD_PLATFORM],
    )

    with AuthorizedSession(credentials) as session:
        assert _dry_run(session).status_code == 200


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_google_auth_passes_a_refusal_on(clouds: Clouds, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    with pytest.raises(exceptions.OAuthError if case.oauth else exceptions.RefreshError) as refused:
        _python(clouds, case, monkeypatch)

    python_says(case, refused.value.args)


def test_google_auth_does_not_expect_that_the_token_service_is_off(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(exceptions.OAuthError) as refused:
        _python(clouds, STS_IS_OFF, monkeypatch)

    sentence, raw = refused.value.args
    body = json.loads(raw)
    assert sentence == f"Error code {body['error']}"
    assert body["error"]["message"] == STS_IS_OFF.text
    assert body["error"]["details"][0]["metadata"] == {
        "service": "sts.googleapis.com",
        "consumer": "projects/210987654321",
    }


@pytest.fixture(scope="module")
def node(clouds: Clouds) -> dict[str, dict[str, str]]:
    """What google-auth-library got in each case: {"token": ...} or {"error": ...}."""
    need("node")
    if not (MODULES / "google-auth-library").is_dir():
        pytest.skip("google-auth-library is not installed: make test does that where npm is")
    cases = {
        case.name: {"config": case.config(), "variables": case.environment(clouds.keys)}
        for case in (DIRECT, IMPERSONATED, STS_IS_OFF, *REFUSALS)
    }
    environ = {**clouds.sandbox.environ(), "NODE_PATH": str(MODULES)}
    command = ["node", str(HERE / "node" / "tokens.js")]
    done = subprocess.run(
        command, input=json.dumps(cases), env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    results: dict[str, dict[str, str]] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize("case", [DIRECT, IMPERSONATED], ids=lambda case: case.name)
def test_node_gets_a_token_that_runs_a_query(node: dict[str, dict[str, str]], case: Case) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {node[case.name]['token']}"
        assert _dry_run(session).status_code == 200


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_node_passes_a_refusal_on(node: dict[str, dict[str, str]], case: Case) -> None:
    node_says(case, node[case.name]["error"])


def test_node_hides_that_the_token_service_is_off(node: dict[str, dict[str, str]]) -> None:
    assert node[STS_IS_OFF.name]["error"] == "Error: Error code [object Object]"


def _gcloud(clouds: Clouds, case: Case, folder: Path) -> Program:
    """gcloud, with the case's configuration instead of the operator's token."""
    need("gcloud")
    file = folder / "config.json"
    file.write_text(json.dumps(case.config()), encoding="utf-8")
    unset = ("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",)
    environ = {key: value for key, value in clouds.sandbox.environ().items() if key not in unset}
    # gcloud writes the file's universe into its configuration: a folder of its own.
    own = {"CLOUDSDK_CONFIG": str(folder), "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE": str(file)}
    return Program("gcloud", {**environ, **own, **case.environment(clouds.keys)})


@pytest.mark.parametrize("case", [DIRECT, IMPERSONATED], ids=lambda case: case.name)
def test_gcloud_prints_a_token_that_runs_a_query(clouds: Clouds, tmp_path: Path, case: Case) -> None:
    token = _gcloud(clouds, case, tmp_path).ok("auth", "print-access-token").strip()

    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        assert _dry_run(session).status_code == 200


CHOSEN = ("the condition names another role", "the account may not be impersonated", "the secret is wrong")


@pytest.mark.parametrize("case", [case for case in REFUSALS if case.name in CHOSEN], ids=lambda case: case.name)
def test_gcloud_prints_the_refusal(clouds: Clouds, tmp_path: Path, case: Case) -> None:
    said = _gcloud(clouds, case, tmp_path).refused("iam", "workload-identity-pools", "list", "--location=global")

    head, _, rest = said.partition("There was a problem refreshing your current auth tokens: ")
    assert head == "ERROR: (gcloud.iam.workload-identity-pools.list) "
    arguments, _, tail = rest.partition("\n")
    python_says(case, ast.literal_eval(arguments))
    assert tail.startswith("Please run:\n\n  $ gcloud auth login\n\nto obtain new credentials.")
