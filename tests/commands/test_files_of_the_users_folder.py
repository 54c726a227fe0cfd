"""Python files in the folder where a command is run are never run, whatever they are called."""

import subprocess
import sys
from pathlib import Path

import pytest

NAMES = ("wizard", "json", "google", "boto3", "asyncio", "socket", "sitecustomize", "as_application", "probe")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose files have names that are imported everywhere, and leave a mark when they run."""
    for name in NAMES:
        mark = f"from pathlib import Path; Path(__file__).with_name('ran').open('a').write('{name} ')\n"
        (tmp_path / f"{name}.py").write_text(mark, encoding="utf-8")
    return tmp_path


def test_such_a_file_is_run_by_a_python_that_is_not_kept_from_it(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", "import as_application"], cwd=folder, check=True)
    assert (folder / "ran").read_text(encoding="utf-8").endswith("as_application ")


@pytest.mark.parametrize("scenario", ["batch-bigquery", "gke-spanner"])
def test_a_whole_demo_runs_none_of_them(folder: Path, scenario: str) -> None:
    """It starts a sandbox, applies, and walks the chain in child processes and pods."""
    command = [sys.executable, "-P", "-m", "wizard", "demo", "--scenario", scenario]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120
    )
    ran = folder / "ran"
    assert not ran.exists(), ran.read_text(encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [("schema",), ("runs",), ("plan", "setup.yaml")])
def test_the_installed_program_runs_none_of_them(folder: Path, arguments: tuple[str, ...]) -> None:
    """Its folder of modules is its own; only `python -m wizard` looks in the folder where it is run."""
    program = Path(sys.executable).with_name("wif-wizard")
    subprocess.run([program, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert not (folder / "ran").exists()
