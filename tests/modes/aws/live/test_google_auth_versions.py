"""The supplier works with every google-auth that has suppliers: the oldest, and the one that is pinned."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import google.auth
import pytest

from tests.modes.aws.live.sandbox_world import World, workload
from wizard.modes.aws.live import application
from wizard.modes.aws.live.places import here
from wizard.modes.aws.suppliers import PYTHON

OLDEST = "2.29.0"
PINNED = google.auth.__version__

# One process installs the old one, once.
pytestmark = pytest.mark.xdist_group("google-auth versions")

USE = """
import google.auth
from google.auth.transport.requests import Request
from google_auth import google_credentials

credentials = google_credentials()
credentials.refresh(Request())
print(google.auth.__version__, "a token" if credentials.token and not credentials.expired else "no token")
"""


class Version(NamedTuple):
    """A version of google-auth, and the PYTHONPATH on which a child process finds it."""

    number: str
    path: str


@pytest.fixture(scope="session", params=[OLDEST, PINNED])
def version(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Version:
    """One of the two; the oldest is installed into a folder of its own."""
    if request.param == PINNED:
        return Version(PINNED, "")
    folder = tmp_path_factory.mktemp("google-auth")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0"]
    command = [*pip, "--timeout", "5", "--target", str(folder), f"google-auth=={OLDEST}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        pytest.skip(f"pip could not install google-auth {OLDEST}: {done.stderr.strip()}")
    return Version(OLDEST, str(folder))


def test_the_python_supplier_that_a_team_gets_works(world: World, version: Version, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(world.config()), encoding="utf-8")
    (tmp_path / "google_auth.py").write_text(PYTHON, encoding="utf-8")
    with here(workload(), world.aws) as place:
        environment = {
            **place.environment,
            "GOOGLE_APPLICATION_CREDENTIALS": str(config),
            "GOOGLE_CLOUD_PROJECT": "acme-analytics",
            "PYTHONPATH": os.pathsep.join(filter(None, [version.path, str(tmp_path)])),
        }
        command = [sys.executable, "-P", "-c", USE]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.stdout, ran.stderr) == (f"{version.number} a token\n", "")


def test_the_live_test_gets_a_token_as_the_application_does(world: World, version: Version) -> None:
    with here(workload(), world.aws) as place:
        with_version = replace(place, environment={**place.environment, "PYTHONPATH": version.path})
        outcome = application.run(world.test(world.config()), with_version, supplier=True)
    assert outcome.status == "ok", outcome.reason
    assert outcome.sent["way"] == f"google-auth {version.number} with {application.SUPPLIER}"
