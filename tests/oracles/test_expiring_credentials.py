"""Unmodified programs in a task that outlives its first AWS credentials: those that renew them go on working.

The credentials of these tasks expire after a few seconds. Each program gets a token from Google, waits until its first
credentials have expired, and gets another one.
"""

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.modes.aws.recipes import recipes
from tests.namespaces import need_namespaces
from tests.oracles.programs import need
from tests.workloads import SCENARIO, Workloads
from wizard.chain import serve_credentials
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.sandbox.process import Sandbox

LIFETIME = 3
"""Seconds."""
PROVIDER = ProviderName(PoolName("123456789012", "aws-prod"), "the-account")
CONFIG = json.dumps(credential_config(PROVIDER))
SERVER = (sys.executable, "-I", "-S", serve_credentials.__file__)
MODULES = Path(__file__).parents[2] / ".venv" / "node_modules"

PLAIN_PYTHON = """
import sys, time
import google.auth
from google.auth.transport.requests import AuthorizedSession, Request
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
URL = "https://bigquery.googleapis.com/bigquery/v2/projects/acme-analytics/queries"
credentials, _ = google.auth.default(scopes=SCOPES)
for pause in (0, float(sys.argv[1])):
    time.sleep(pause)
    credentials.refresh(Request())
    with AuthorizedSession(credentials) as session:
        print(session.post(URL, json={"query": "SELECT 1", "dryRun": True, "useLegacySql": False}).status_code)
"""
PLAIN_NODE = """
const { GoogleAuth } = require("google-auth-library");
const url = "https://bigquery.googleapis.com/bigquery/v2/projects/acme-analytics/queries";
const wait = seconds => new Promise(resolve => setTimeout(resolve, 1000 * seconds));
(async () => {
  for (const pause of [0, Number(process.argv[1])]) {
    await wait(pause);
    const client = await new GoogleAuth({ scopes: ["https://www.googleapis.com/auth/cloud-platform"] }).getClient();
    const body = JSON.stringify({ query: "SELECT 1", dryRun: true, useLegacySql: false });
    const headers = { "Content-Type": "application/json" };
    console.log((await client.request({ url, method: "POST", body, headers })).status);
  }
})();
"""
EXPORTS_KEYS = """
import json, os, sys, time, urllib.request
url = "http://169.254.170.2" + os.environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
    keys = json.load(answer)
os.environ["AWS_ACCESS_KEY_ID"] = keys["AccessKeyId"]
os.environ["AWS_SECRET_ACCESS_KEY"] = keys["SecretAccessKey"]
os.environ["AWS_SESSION_TOKEN"] = keys["Token"]
"""
"""What the first programs of such teams do: they fetch the credentials of the task once."""


@pytest.fixture(scope="module")
def workloads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workloads]:
    """A sandbox whose tasks get credentials that expire after a few seconds."""
    need_namespaces()
    path = tmp_path_factory.mktemp("scenario") / "workloads.yaml"
    path.write_text(SCENARIO)
    with Sandbox(str(path), ["--task-session", f"{LIFETIME}s"]) as sandbox:
        yield Workloads(sandbox)


def in_task(workloads: Workloads, *command: str, config: str = CONFIG) -> tuple[int, str]:
    """Run a program in a task, whose definition has the content of the credential configuration."""
    variables = (f"GOOGLE_CREDENTIAL_CONFIG={config}", "GOOGLE_CLOUD_PROJECT=acme-analytics", f"NODE_PATH={MODULES}")
    return workloads.run("tasks", workloads.task(), "env", *variables, *command)


def lines(printed: str) -> list[str]:
    """What a program printed, without what serve-credentials says beside it."""
    return [line for line in printed.splitlines() if not line.startswith("serve-credentials: ")]


def test_unmodified_python_renews_through_the_parent_process(workloads: Workloads) -> None:
    code, printed = in_task(workloads, *SERVER, "--", sys.executable, "-c", PLAIN_PYTHON, str(LIFETIME + 1))
    assert (code, lines(printed)) == (0, ["200", "200"]), printed
    assert printed.count("got credentials that expire at") == 2


def test_unmodified_node_renews_through_the_parent_process(workloads: Workloads) -> None:
    need("node")
    code, printed = in_task(workloads, *SERVER, "--", "node", "-e", PLAIN_NODE, str(LIFETIME + 1))
    assert (code, lines(printed)) == (0, ["200", "200"]), printed


def test_unmodified_programs_renew_through_a_sidecar(workloads: Workloads, tmp_path: Path) -> None:
    """The containers of a task share its network; here both are programs in one."""
    file = tmp_path / "credentials.json"
    script = (
        f'"$@" --write-config {file} & until "$@" --check 2>/dev/null && [ -e {file} ]; do sleep 0.1; done; '
        f"export GOOGLE_APPLICATION_CREDENTIALS={file}; unset GOOGLE_CREDENTIAL_CONFIG; "
        f"'{sys.executable}' -c '{PLAIN_PYTHON}' {LIFETIME + 1}; code=$?; kill $!; wait; exit $code"
    )
    code, printed = in_task(workloads, "sh", "-c", script, "sh", *SERVER)
    assert (code, lines(printed)) == (0, ["200", "200"]), printed


def test_a_program_that_exports_the_keys_fails_when_they_expire(workloads: Workloads, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(CONFIG, encoding="utf-8")
    program = EXPORTS_KEYS + PLAIN_PYTHON
    named = f"GOOGLE_APPLICATION_CREDENTIALS={file}"
    code, printed = in_task(workloads, "env", named, sys.executable, "-c", program, str(LIFETIME + 1))
    assert code == 1
    assert lines(printed).count("200") == 1
    assert "The security token included in the request is expired" in printed


RECIPES = recipes(credential_config(PROVIDER))
USES_PYTHON = """
import sys, time
sys.path.insert(0, sys.argv[2])
from google.auth.transport.requests import Request
from google_auth import google_credentials
credentials = google_credentials()
for pause in (0, float(sys.argv[1])):
    time.sleep(pause)
    credentials.refresh(Request())
    print("a token", flush=True)
"""
USES_NODE = """
const { googleAuthClient } = require(process.argv[2]);
const wait = seconds => new Promise(resolve => setTimeout(resolve, 1000 * seconds));
(async () => {
  for (const pause of [0, Number(process.argv[1])]) {
    await wait(pause);
    console.log((await googleAuthClient().getAccessToken()).token ? "a token" : "none");
  }
})();
"""


def test_the_recipe_for_python_renews(workloads: Workloads, tmp_path: Path) -> None:
    (tmp_path / "google_auth.py").write_text(RECIPES["google_auth.py"], encoding="utf-8")
    (tmp_path / "config.json").write_text(CONFIG, encoding="utf-8")
    named = f"GOOGLE_APPLICATION_CREDENTIALS={tmp_path / 'config.json'}"
    program = (sys.executable, "-c", USES_PYTHON, str(LIFETIME + 1), str(tmp_path))
    assert in_task(workloads, "env", named, *program) == (0, "a token\na token\n")


def test_the_recipe_for_node_renews(workloads: Workloads, tmp_path: Path) -> None:
    need("node")
    if not (MODULES / "@aws-sdk" / "credential-providers").exists():
        pytest.skip("@aws-sdk/credential-providers is not installed")
    (tmp_path / "google-auth.js").write_text(RECIPES["google-auth.js"], encoding="utf-8")
    (tmp_path / "config.json").write_text(CONFIG, encoding="utf-8")
    named = f"GOOGLE_APPLICATION_CREDENTIALS={tmp_path / 'config.json'}"
    program = ("node", "-e", USES_NODE, str(LIFETIME + 1), str(tmp_path / "google-auth.js"))
    assert in_task(workloads, "env", named, *program) == (0, "a token\na token\n")


def test_the_sidecar_of_the_task_definition_runs_as_it_is_written(workloads: Workloads, tmp_path: Path) -> None:
    """Its command carries the whole program, and its health check is the one that the application waits for."""
    app, sidecar = json.loads(RECIPES["sidecar-task-definition.json"])["containerDefinitions"]
    *server, target = sidecar["command"]
    folder = sidecar["mountPoints"][0]["containerPath"]
    assert target.startswith(f"{folder}/")
    variables = {each["name"]: each["value"] for each in sidecar["environment"]}
    check = sidecar["healthCheck"]["command"]
    assert check[0] == "CMD"
    file = tmp_path / "credentials.json"
    quoted = " ".join(shlex.quote(word) for word in check[1:])
    script = (
        f'"$@" & until {quoted} 2>/dev/null; do sleep 0.1; done; '
        f"export GOOGLE_APPLICATION_CREDENTIALS={file}; unset GOOGLE_CREDENTIAL_CONFIG; "
        f"'{sys.executable}' -c '{PLAIN_PYTHON}' {LIFETIME + 1}; code=$?; kill $!; wait; exit $code"
    )
    content = variables["GOOGLE_CREDENTIAL_CONFIG"]
    code, printed = in_task(workloads, "sh", "-c", script, "sh", *server, str(file), config=content)
    assert (code, lines(printed)) == (0, ["200", "200"]), printed
    named = {each["name"]: each["value"] for each in app["environment"]}
    assert named["GOOGLE_APPLICATION_CREDENTIALS"] == target


WIF = f'{sys.executable} -P -m wizard test "$GOOGLE_APPLICATION_CREDENTIALS" --from inside --json'
PATH = f"PYTHONPATH={Path(__file__).parents[2]}"


def steps(printed: str) -> dict[str, dict[str, Any]]:
    """The steps of a live test by their ids, in what it printed."""
    line = next(line for line in printed.splitlines() if line.startswith("{"))
    return {step["hop"]: step for step in json.loads(line)["hops"]}


def test_the_live_test_inside_knows_the_server(workloads: Workloads) -> None:
    """The application's own way is the file alone, without a supplier."""
    code, printed = in_task(workloads, "env", PATH, *SERVER, "--", "sh", "-c", WIF)
    found = steps(printed)
    assert code == 0, printed
    assert "without wif-wizard, google-auth would use the same source: serve-credentials (role loader)" in str(
        found["aws-credentials"]["evidence"]
    )
    assert found["application"]["sent"]["way"].endswith("with only the credential configuration")


def test_the_live_test_inside_says_that_the_server_is_missing(workloads: Workloads, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(serve_credentials.pointed(json.loads(CONFIG), 16925)), encoding="utf-8")
    code, printed = in_task(workloads, "env", f"GOOGLE_APPLICATION_CREDENTIALS={file}", PATH, "sh", "-c", WIF)
    failed = steps(printed)["application"]
    assert (code, failed["status"]) == (1, "failed"), printed
    assert failed["reason"].startswith("no server answers at 127.0.0.1:16925, the address that the credential ")


def test_the_live_test_inside_says_that_exported_keys_have_expired(workloads: Workloads, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(CONFIG, encoding="utf-8")
    named = f"GOOGLE_APPLICATION_CREDENTIALS={file}"
    goes_on = f"time.sleep({LIFETIME + 1}); os.execvp('sh', ['sh', '-c', sys.argv[1]])"
    code, printed = in_task(workloads, "env", named, PATH, sys.executable, "-c", EXPORTS_KEYS + goes_on, WIF)
    failed = steps(printed)["caller-identity"]
    assert (code, failed["status"]) == (1, "failed"), printed
    assert "a program or a person exported them, and nothing renews exported access keys" in failed["reason"]
    assert "wif-wizard serve-credentials" in failed["fix"]
