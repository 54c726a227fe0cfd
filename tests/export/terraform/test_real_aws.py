"""The AWS part with the real provider for AWS against a sandbox. Each command takes seconds: make terraform runs it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import setups
from tests.export.terraform import stub
from tests.export.terraform.cases import aws
from tests.export.terraform.running import Module, need_terraform, only_imports, written
from tests.export.terraform.test_worlds import apply
from tests.in_full import IN_FULL
from tests.judges.judges import PLUGINS
from wizard.export.terraform import files
from wizard.modes.aws.runtimes import with_role
from wizard.sandbox.process import Sandbox
from wizard.work import planning
from wizard.work.opening import open_in_memory

pytestmark = [
    pytest.mark.skipif(not IN_FULL, reason="make terraform runs it"),
    pytest.mark.skipif(not PLUGINS.exists(), reason="Terraform's provider for AWS is not on this machine"),
]


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A sandbox, and the variables that lead Terraform to it and to the provider on this machine."""
    need_terraform()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    settings = tmp_path / "terraform.tfrc"
    mirror = f"filesystem_mirror {{\n    path = {json.dumps(str(PLUGINS))}\n  }}"
    settings.write_text(f"provider_installation {{\n  {mirror}\n}}\n", encoding="utf-8")
    with Sandbox(arguments=["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        yield {"TF_CLI_CONFIG_FILE": str(settings)}


@pytest.mark.parametrize("runtime", with_role())
def test_the_module_makes_the_role_that_the_wizard_wants(runtime: str, environ: dict[str, str], tmp_path: Path) -> None:
    text = aws(runtime, "direct", wired=False).text
    opened = open_in_memory(setups.loads(text), tmp_path, text)
    assert not planning.review(opened, "aws").in_place
    module = Module(written(files(opened.resources("aws")), tmp_path / "module"), environ)
    module.ok("init")
    module.validate()
    assert "0 changed, 0 destroyed" in module.apply()
    module.must_be_in_place()
    assert planning.review(opened, "aws").in_place


@pytest.mark.parametrize("runtime", ["batch-fargate", "ec2"])
def test_what_apply_made_is_imported_and_in_place(runtime: str, environ: dict[str, str], tmp_path: Path) -> None:
    """AWS with the real provider, and Google Cloud with one that only has the schema."""
    applied = apply(aws(runtime, "service-account", wired=False).text, tmp_path)
    made, providers = applied.files(), applied.providers()
    del providers["aws"]
    with stub.served(providers) as variables:
        module = Module(written(made, tmp_path / "module"), {**environ, **variables})
        module.ok("init")
        module.validate()
        number = dict(made)["imports.tf"].count("\nimport {")
        planned = module.planned()
        assert planned is not None and len(planned) == number
        assert only_imports(planned), planned
        module.apply()
        module.must_be_in_place()


def test_a_wrong_trust_policy_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    """One letter in the trust policy of the module: the wizard's plan wants to change the role."""
    text = aws("batch-fargate", "direct", wired=False).text
    opened = open_in_memory(setups.loads(text), tmp_path, text)
    made = dict(files(opened.resources("aws")))
    made["aws.tf"] = made["aws.tf"].replace("ecs-tasks.amazonaws.com", "ecs.amazonaws.com")
    module = Module(written(made.items(), tmp_path / "module"), environ)
    module.ok("init")
    module.apply()
    assert not planning.review(opened, "aws").in_place
