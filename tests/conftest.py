"""What every test has: an environment of its own, and property tests that do not watch the clock."""

import gc
import os
import signal
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import in_full
from tests.boto import share_between_sessions
from tests.forked import start_by_forking
from tests.in_full import IN_FULL

settings.register_profile("wif", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wif")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so a shell starts what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes are started here, from the same files

NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: what would reach outside fails at once."""

_OPERATOR = ("AWS_", "GOOGLE_", "CLOUDSDK_", "GCE_", "WIF_", "KUBECONFIG")


start_by_forking()
share_between_sessions()

_NUMBERS = count()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the homes. mktemp would look through thousands of folders for the next number."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, _homes: Path) -> Iterator[None]:
    """No identity of the person who runs the tests is found, no metadata service is asked, nothing is left at home."""
    for name in [name for name in os.environ if name.startswith(_OPERATOR)]:
        monkeypatch.delenv(name)
    home = _homes / str(next(_NUMBERS))
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(home / "gcloud"))
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, NOWHERE)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    urllib.request.install_opener(None)  # type: ignore[arg-type]  # it would keep the proxies of another test
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "aws-credentials"))
    yield


def pytest_collection_finish() -> None:
    """Keep the garbage collector from going over thousands of collected tests and imported modules again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


_LONGEST = ("tests/torture/", "tests/export/test_script.py", "tests/worlds/", "tests/surroundings/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first: at the end, the other processes would wait for them. Leave some out."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))
    if not IN_FULL:
        in_full.leave_out(items)
