"""A world that apply made is what the exported module says: Terraform imports it all, and has nothing to change."""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import setups
from tests.commands.gke.worlds import joined, served, setup_of, workload
from tests.export.terraform import stub
from tests.export.terraform.cases import EVERY_TYPE, Case, aws, granting
from tests.export.terraform.running import Module, need_terraform, only_imports, written
from tests.export.terraform.sandbox_objects import SandboxObjects
from tests.export.terraform.sandbox_writes import SandboxWrites
from tests.in_full import IN_FULL, first
from tests.oracles.by_hand import aws_worlds as worlds
from wizard.engine.journal import Journal
from wizard.engine.resource import Resource
from wizard.export.terraform import files, recorded
from wizard.modes.aws.runtimes import with_role
from wizard.modes.opened import Opened
from wizard.sandbox.process import Sandbox
from wizard.work import applying, planning, reverting
from wizard.work.opening import open_in_memory

pytestmark = pytest.mark.xdist_group("terraform")
"""Some tests share a sandbox."""

Lead = Callable[[Sandbox], None]


@dataclass(frozen=True)
class Applied:
    """A setup that was applied to a sandbox, and what the journal has of that."""

    opened: Opened
    history: recorded.History

    @property
    def resources(self) -> list[Resource]:
        return self.opened.resources()

    def files(self) -> list[tuple[str, str]]:
        """The module, with imports of what the setup created."""
        resources, history = self.resources, self.history
        return files(resources, recorded.created(resources, history), recorded.existing(resources, history))

    def providers(self) -> dict[str, stub.Stub]:
        """Providers that find the objects of the sandbox."""
        cluster = getattr(self.opened.blueprint, "cluster", None)  # type: ignore[attr-defined]
        return stub.stubs(SandboxObjects(self.opened.clouds, cluster).find)


def apply(text: str, folder: Path) -> Applied:
    """Apply a setup to the sandbox of the environment."""
    opened = open_in_memory(setups.loads(text), folder, text)
    details = applying.details_of(folder=str(folder))
    result = applying.apply(opened, planning.review(opened), lambda _: None, accept_loss=True, details=details)
    assert result.ok, result
    return Applied(opened, _history())


def _history() -> recorded.History:
    """All that the journal has, oldest first."""
    journal = Journal()
    return [(run, journal.writes(run.id)) for run in reversed(journal.runs())]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, with a journal of its own."""
    need_terraform()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch) -> Lead:
    """Point the environment at a sandbox."""

    def lead_to(sandbox: Sandbox) -> None:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)

    return lead_to


@pytest.fixture
def aws_world(state: Path, lead: Lead) -> Iterator[Path]:
    """A folder, and a sandbox with the scenario batch-bigquery."""
    with Sandbox(arguments=["--steady"]) as sandbox:
        lead(sandbox)
        yield state


def _imported(applied: Applied, folder: Path) -> None:
    """Plan, import and plan again: Terraform takes all that the setup created, and finds nothing to change."""
    made, providers = applied.files(), applied.providers()
    with stub.served(providers) as variables:
        module = Module(written(made, folder / "module"), variables)
        module.validate()
        number = dict(made)["imports.tf"].count("\nimport {")
        planned = module.planned()
        assert planned is not None and len(planned) == number
        assert only_imports(planned), planned
        module.apply()
        module.must_be_in_place()
    assert sum(len(each.imported) for each in providers.values()) >= number


@pytest.fixture(scope="module")
def ec2_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    """A sandbox for one setup, and the folder of the setup."""
    with Sandbox(arguments=["--steady"]) as sandbox:
        yield sandbox, tmp_path_factory.mktemp("ec2")


@pytest.fixture
def ec2(ec2_sandbox: tuple[Sandbox, Path], lead: Lead, monkeypatch: pytest.MonkeyPatch) -> Applied:
    """A setup of an EC2 instance through a service account, applied by the first test that needs it."""
    need_terraform()
    sandbox, folder = ec2_sandbox
    lead(sandbox)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    text = aws("ec2", "service-account", wired=False).text
    if not _history():
        return apply(text, folder)
    return Applied(open_in_memory(setups.loads(text), folder, text), _history())


def test_what_apply_made_on_aws_is_imported_and_in_place(ec2: Applied, tmp_path: Path) -> None:
    kinds = {type(each).__name__ for each in recorded.created(ec2.resources, ec2.history)}
    assert kinds >= {"AwsProvider", "EnabledServices", "InstanceProfile", "Pool", "ProjectGrants", "Role"}
    _imported(ec2, tmp_path)


RUNTIMES = [(runtime, via) for runtime in with_role() for via in ("service-account", "direct")]


@pytest.mark.skipif(not IN_FULL, reason="make terraform runs it")
@pytest.mark.parametrize(("runtime", "via"), RUNTIMES)
def test_what_apply_made_for_every_runtime_is_in_place(runtime: str, via: str, aws_world: Path) -> None:
    applied = apply(aws(runtime, via, wired=False).text, aws_world)
    kinds = {type(each).__name__ for each in recorded.created(applied.resources, applied.history)}
    assert kinds >= {"AwsProvider", "EnabledServices", "Pool", "ProjectGrants", "Role"}
    _imported(applied, aws_world)


@pytest.mark.parametrize("via", first(1, ["service-account", "direct"]))
def test_what_apply_made_on_gke_is_imported_and_in_place(via: str, state: Path, lead: Lead) -> None:
    through = "scorer-runner" if via == "service-account" else None
    text = setup_of(workload("anti-fraud", "scorer-of-terraform", through), workload("made", "scorer", through))
    with served(state, arguments=["--operation-time", "0s"]) as sandbox:
        lead(sandbox)
        applied = apply(text, state)
        made = recorded.created(applied.resources, applied.history)
        assert {type(each).__name__ for each in made} >= {"KubernetesServiceAccount", "Namespace", "ProjectGrants"}
        _imported(applied, state)


@pytest.mark.parametrize(
    "case", first(1, [aws("ec2", "service-account", wired=False), aws("lambda", "direct", wired=False)]), ids=str
)
def test_what_terraform_makes_on_aws_and_google_is_what_the_wizard_wants(case: Case, aws_world: Path) -> None:
    """Only the credential configuration is left to do, which is a file. The sandbox refuses what comes too early."""
    assert _left_by_terraform(case.text, aws_world) == {"ConfigFile"}


@pytest.mark.parametrize("via", first(1, ["service-account", "direct"]))
def test_what_terraform_makes_for_gke_is_what_the_wizard_wants(via: str, state: Path, lead: Lead) -> None:
    """Only what the lines for other states say is left to do. The lines for the cluster are applied first."""
    through = "scorer-runner" if via == "service-account" else None
    text = setup_of(workload("made", "scorer", through))
    with served(state, joined, arguments=["--operation-time", "0s"]) as sandbox:
        lead(sandbox)
        assert _left_by_terraform(text, state) == {"NodePool"}


def _left_by_terraform(text: str, folder: Path) -> set[str]:
    """Apply the module of a setup to the sandbox. Returns the kinds that the wizard would still change."""
    opened = open_in_memory(setups.loads(text), folder, text)
    assert len({type(each.resource) for each in planning.review(opened).plan.pending}) > 3
    writes = SandboxWrites(opened.clouds, getattr(opened.blueprint, "cluster", None))  # type: ignore[attr-defined]
    with stub.served(stub.stubs(make=writes.make)) as variables:
        module = Module(written(files(opened.resources()), folder / "module"), variables)
        module.apply()
        module.must_be_in_place()
    again = open_in_memory(setups.loads(text), folder, text)
    return {type(each.resource).__name__ for each in planning.review(again).plan.pending}


def test_grants_on_resources_are_imported_and_in_place(state: Path, lead: Lead) -> None:
    world = worlds.scenario()
    names = ("buckets/acme-raw", "topics/orders", "secrets/db-password", "instances/main/databases/orders")
    world["google"]["projects"][0]["resources"] = [{"name": name} for name in names]
    file = state / "world.yaml"
    file.write_text(json.dumps(world), encoding="utf-8")
    on = {
        place.replace("acme-warehouse", "acme-analytics"): role
        for place, role in EVERY_TYPE.items()
        if place.endswith(("gs://acme-raw", "/topics/orders", "/secrets/db-password", "/databases/orders"))
    }
    assert len(on) == len(names)
    with Sandbox(str(file), ["--steady"]) as sandbox:
        lead(sandbox)
        applied = apply(granting(on, "direct").text, state)
        assert dict(applied.files())["imports.tf"].count("${local.rds_to_bigquery}") == len(names)
        _imported(applied, state)


def test_only_what_the_setup_created_is_imported(aws_world: Path) -> None:
    """A role, a pool and services that others made before are read, never imported."""
    opened = open_in_memory(setups.loads(aws("batch-fargate", "direct").text), aws_world)
    role, pool = (next(each for each in opened.resources() if type(each).__name__ == kind) for kind in ("Role", "Pool"))
    services = next(each for each in opened.resources() if type(each).__name__ == "EnabledServices")
    for resource in (role, services):
        resource.create(opened.clouds)
    applied = apply(aws("batch-fargate", "direct", wired=False).text, aws_world)
    made = dict(applied.files())
    assert 'data "aws_iam_role" "rds_to_bigquery"' in made["aws.tf"]
    assert 'resource "google_iam_workload_identity_pool" "aws_prod"' in made["google.tf"]
    assert "to = aws_iam_role" not in made["imports.tf"]
    assert "to = google_project_service" not in made["imports.tf"]
    assert f"to = google_iam_workload_identity_pool.{pool.pool.replace('-', '_')}\n" in made["imports.tf"]
    _imported(applied, aws_world)


def test_a_wrong_name_anywhere_is_found(ec2: Applied, tmp_path: Path) -> None:
    """Each file is misspelled once, at a place that the seed chooses: Terraform refuses, or has something to change."""
    made, providers = ec2.files(), ec2.providers()
    survived = []
    with stub.served(providers) as variables:
        for seed in range(400 if IN_FULL else 12):
            name, text = _misspelled(made, random.Random(seed))
            folder = written([*made, (name, text)], tmp_path / str(seed))
            if only_imports(Module(folder, variables).planned()):
                survived.append((seed, [line for line in text.splitlines() if line not in dict(made)[name]]))
    assert survived == []


def test_a_reverted_setup_imports_nothing(ec2: Applied) -> None:
    """It is the last one with this setup."""
    assert recorded.created(ec2.resources, ec2.history)
    planned = reverting.review(None, services=True)
    result = reverting.apply(planned, lambda _: None)
    assert result.ok, result
    assert recorded.created(ec2.resources, _history()) == []
    made = dict(files(ec2.resources, (), recorded.existing(ec2.resources, _history())))
    assert 'resource "aws_iam_role" "rds_to_bigquery"' in made["aws.tf"]
    assert "imports.tf" not in made


def _misspelled(made: Sequence[tuple[str, str]], rng: random.Random) -> tuple[str, str]:
    """One file with a letter changed, in the name or value of an argument."""
    texts = {name: text for name, text in made if name in ("aws.tf", "google.tf", "imports.tf")}
    name = rng.choice(sorted(texts))
    text = texts[name]
    places = list(re.finditer(r"(?m)^ +\"?([\w:.]+)\"? += .*$|^ {4}\"[\w./]+\",$", text))
    place = rng.choice([each for each in places if each[1] != "depends_on"])
    at = rng.choice([index for index in range(*place.span()) if text[index].isalpha()])
    return name, f"{text[:at]}{'q' if text[at] != 'q' else 'z'}{text[at + 1 :]}"
