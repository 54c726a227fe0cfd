"""`wif-wizard export SETUP.yaml terraform`: imports follow from the journal of the setup file."""

from pathlib import Path

import pytest

from tests.commands.conftest import SETUP
from wizard import cli
from wizard.export.terraform.providers import PROVIDERS
from wizard.sandbox.process import Sandbox

pytestmark = pytest.mark.xdist_group("terraform")


def test_the_files_have_imports_after_apply_and_none_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    setup = tmp_path / "setup.yaml"
    setup.write_text(SETUP, encoding="utf-8")
    with Sandbox(arguments=["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        assert cli.main(["export", str(setup), "terraform", "--out", str(tmp_path / "before")]) == 0
        assert cli.main(["apply", str(setup), "--yes"]) == 0
        assert cli.main(["export", str(setup), "terraform", "--out", str(tmp_path / "after")]) == 0
    assert f"✓ {tmp_path}/after/imports.tf: Terraform module: imports\n" in capfd.readouterr().out
    before = {path.name for path in (tmp_path / "before").glob("*.tf")}
    after = {path.name for path in (tmp_path / "after").glob("*.tf")}
    assert after - before == {"imports.tf"}
    imports = (tmp_path / "after" / "imports.tf").read_text(encoding="utf-8")
    assert "to = aws_iam_role.rds_to_bigquery\n" in imports
    versions = (tmp_path / "after" / "versions.tf").read_text(encoding="utf-8")
    assert PROVIDERS["google"].versions in versions
    number = (tmp_path / "after" / "variables.tf").read_text(encoding="utf-8")
    assert 'default     = "123456789012"' in number


def test_a_setup_that_no_cloud_answers_for_is_exported_and_asks_for_the_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.clouds.retrying.retried.__defaults__", (0.5, 0.5))
    setup = tmp_path / "setup.yaml"
    setup.write_text(SETUP, encoding="utf-8")
    assert cli.main(["export", str(setup), "terraform", "--out", str(tmp_path / "out")]) == 0
    declared = (tmp_path / "out" / "variables.tf").read_text(encoding="utf-8")
    assert "default" not in declared.partition('variable "project_number"')[2].partition("}")[0]
