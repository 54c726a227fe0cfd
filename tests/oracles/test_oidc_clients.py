"""The real clients create an OIDC provider in the sandbox, and turn a token of its issuer into Google's."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.kubernetes.signing_key import SigningKey
from wizard.sandbox.process import Sandbox

ISSUER = "https://ci.acme.example"
POOL = "projects/123456789012/locations/global/workloadIdentityPools/ci-jobs"
AUDIENCE = f"//iam.googleapis.com/{POOL}/providers/ci-system"
SUBJECT = f"principal://iam.googleapis.com/{POOL}/subject/job-7"
PROVIDERS = ("iam", "workload-identity-pools", "providers")
WHERE = ("--location=global", "--workload-identity-pool=ci-jobs")
WORLD = f"""
title: a project with a pool
google:
  operator: user:operator@acme.example
  projects:
  - id: acme-analytics
    number: "123456789012"
    services: &all
    - cloudresourcemanager.googleapis.com
    - iam.googleapis.com
    - serviceusage.googleapis.com
    - sts.googleapis.com
    policy:
    - {{role: roles/owner, members: ["user:operator@acme.example"]}}
    - {{role: roles/viewer, members: ["{SUBJECT}"]}}
    pools: [{{id: ci-jobs}}]
"""
ASK = """
import json, sys
import google.auth
from google.auth.transport.requests import AuthorizedSession
credentials, _ = google.auth.load_credentials_from_file(
    sys.argv[1], scopes=["https://www.googleapis.com/auth/cloud-platform"]
)
url = "https://cloudresourcemanager.googleapis.com/v1/projects/acme-analytics:testIamPermissions"
answer = AuthorizedSession(credentials).post(url, json={"permissions": ["resourcemanager.projects.get"]})
print(json.dumps(answer.json()))
"""


@pytest.fixture(scope="module")
def key() -> SigningKey:
    """The key of the issuer."""
    return SigningKey()


@pytest.fixture(scope="module")
def gcloud(tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> Iterator[Program]:
    """gcloud, in a world where it has created the provider with the issuer's keys."""
    need("gcloud")
    folder = tmp_path_factory.mktemp("oidc")
    world, keys = folder / "world.yaml", folder / "keys.json"
    world.write_text(WORLD, encoding="utf-8")
    keys.write_text(json.dumps(key.jwks()), encoding="utf-8")
    with Sandbox(str(world)) as sandbox:
        program = Program("gcloud", sandbox.environ())
        created = (f"--issuer-uri={ISSUER}", "--attribute-mapping=google.subject=assertion.sub")
        program.ok(*PROVIDERS, "create-oidc", "ci-system", *WHERE, *created, f"--jwk-json-path={keys}")
        yield program


def configuration(gcloud: Program, folder: Path, token: str) -> Path:
    """The credential configuration that gcloud writes for a token in a file."""
    file, subject_token = folder / "config.json", folder / "token"
    subject_token.write_text(token, encoding="utf-8")
    provider = AUDIENCE.removeprefix("//iam.googleapis.com/")
    source = (f"--credential-source-file={subject_token}", f"--output-file={file}")
    gcloud.ok("iam", "workload-identity-pools", "create-cred-config", provider, *source)
    return file


def signed(key: SigningKey, **changes: object) -> str:
    """A token of the issuer that is good now, but for the changes."""
    now = int(time.time())
    return key.sign({"iss": ISSUER, "sub": "job-7", "aud": AUDIENCE, "iat": now, "exp": now + 600, **changes})


def ask(gcloud: Program, file: Path) -> subprocess.CompletedProcess[str]:
    """What google-auth gets with the configuration."""
    command = [sys.executable, "-W", "ignore", "-c", ASK, str(file)]
    return subprocess.run(command, env=gcloud.environ, capture_output=True, text=True, timeout=60, check=False)


def test_google_auth_exchanges_a_token_that_an_uploaded_key_signed(
    gcloud: Program, key: SigningKey, tmp_path: Path
) -> None:
    done = ask(gcloud, configuration(gcloud, tmp_path, signed(key)))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"permissions": ["resourcemanager.projects.get"]}


def test_google_auth_prints_why_a_token_is_refused(gcloud: Program, key: SigningKey, tmp_path: Path) -> None:
    done = ask(gcloud, configuration(gcloud, tmp_path, signed(key, aud="somebody else")))
    assert "The audience in ID Token [somebody else] does not match the expected audience." in done.stderr


def test_gcloud_shows_the_provider_and_is_refused_one_that_everybody_could_use(gcloud: Program) -> None:
    shown = gcloud.json(*PROVIDERS, "describe", "ci-system", *WHERE)
    assert (shown["oidc"]["issuerUri"], shown["state"]) == (ISSUER, "ACTIVE")
    github = "--issuer-uri=https://token.actions.githubusercontent.com"
    arguments = (
        *PROVIDERS,
        "create-oidc",
        "github",
        *WHERE,
        github,
        "--attribute-mapping=google.subject=assertion.sub",
    )
    text = "The attribute condition must reference one of the provider's claims."
    assert text in gcloud.refused(*arguments)
    gcloud.ok(*arguments, "--attribute-condition=assertion.repository_owner == 'acme'")


def test_gcloud_reads_the_policy_of_the_pool(gcloud: Program) -> None:
    policy = gcloud.json("iam", "workload-identity-pools", "get-iam-policy", "ci-jobs", "--location=global")
    assert policy == {"etag": "ACAB"}
