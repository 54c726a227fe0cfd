"""The file that `apply` writes, unchanged, in the hands of three clients: google-auth, Node's library and gcloud."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import IMPERSONATED, SETUP
from tests.operators import boto, http
from tests.oracles.programs import Program, need
from wizard.federation.credential_config import credential_config, dump
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.sandbox.process import Sandbox

MODULES = Path(__file__).parents[2] / ".venv" / "node_modules"

PYTHON = """
import google.auth, google.auth.transport.requests as transport
credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
credentials.refresh(transport.Request())
print(credentials.token)
"""
NODE = """
const { GoogleAuth } = require('google-auth-library');
new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloud-platform'] }).getAccessToken()
  .then((token) => console.log(token));
"""


class Applied:
    """A setup that was applied, and the environment of its workload: the role's keys and the generated file."""

    def __init__(self, sandbox: Sandbox, folder: Path, text: str) -> None:
        setup = folder / "setup.yaml"
        setup.write_text(text, encoding="utf-8")
        operator = {**sandbox.environ(), "XDG_STATE_HOME": str(folder)}
        subprocess.run([sys.executable, "-m", "wizard", "apply", str(setup), "--yes"], env=operator, check=True)
        self.file = folder / "clientLibraryConfig-aws-provider.json"
        unset = ("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        self.http = http(sandbox.variables)
        self.environ = {
            **{key: value for key, value in operator.items() if key not in unset},
            **_session_keys(sandbox.variables),
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.file),
        }

    def runs_a_query(self, token: str) -> bool:
        """Whether the token lets BigQuery accept a dry run."""
        answer = self.http.post(
            "https://bigquery.googleapis.com/bigquery/v2/projects/acme-analytics/queries",
            json={"query": "SELECT 1", "dryRun": True, "useLegacySql": False},
            headers={"Authorization": f"Bearer {token.strip()}"},
            timeout=10,
        )
        return answer.status_code == 200


@pytest.fixture(scope="module", params=[SETUP, IMPERSONATED], ids=["direct", "impersonated"])
def applied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """One applied setup for each way of access."""
    with Sandbox(arguments=["--steady"]) as sandbox:
        yield Applied(sandbox, tmp_path_factory.mktemp("applied"), request.param)


def test_google_auth_gets_a_token_with_it(applied: Applied) -> None:
    assert applied.runs_a_query(_printed([sys.executable, "-c", PYTHON], applied.environ))


def test_node_gets_a_token_with_it(applied: Applied) -> None:
    need("node")
    if not (MODULES / "google-auth-library").is_dir():
        pytest.skip("google-auth-library is not installed: make test does that where npm is")
    assert applied.runs_a_query(_printed(["node", "-e", NODE], {**applied.environ, "NODE_PATH": str(MODULES)}))


def test_gcloud_gets_a_token_with_it(applied: Applied, tmp_path: Path) -> None:
    need("gcloud")
    gcloud = Program("gcloud", applied.environ).with_variables(
        CLOUDSDK_CONFIG=str(tmp_path), CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=str(applied.file)
    )
    assert applied.runs_a_query(gcloud.ok("auth", "print-access-token"))


def test_the_file_is_the_one_that_the_real_clouds_would_get(applied: Applied) -> None:
    provider = ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333")
    account = "bq-loader@acme-analytics.iam.gserviceaccount.com"
    written = applied.file.read_text(encoding="utf-8")
    named = account if "service_account_impersonation_url" in written else None
    lifetime = json.loads(written).get("service_account_impersonation", {}).get("token_lifetime_seconds")
    assert written == dump(credential_config(provider, service_account=named, token_lifetime=lifetime))


def test_the_file_holds_no_secret(applied: Applied) -> None:
    text = applied.file.read_text(encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert applied.environ[name] not in text
    assert "private_key" not in json.loads(text)


def _printed(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _session_keys(variables: dict[str, str]) -> dict[str, str]:
    """Keys of a session of the workload's role, with the operator let into its trust policy."""
    iam, sts = boto(variables, "iam"), boto(variables, "sts")
    operator = {"Effect": "Allow", "Principal": {"AWS": sts.get_caller_identity()["Arn"]}, "Action": "sts:AssumeRole"}
    role = iam.get_role(RoleName="rds-to-bigquery")["Role"]
    document = role["AssumeRolePolicyDocument"]
    document["Statement"].append(operator)
    iam.update_assume_role_policy(RoleName="rds-to-bigquery", PolicyDocument=json.dumps(document))
    keys = sts.assume_role(RoleArn=role["Arn"], RoleSessionName=os.urandom(16).hex())["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
