"""Real Terraform takes every exported module: formatted, valid, applied, and with nothing to change after that."""

import importlib
import inspect
import json
import pkgutil
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import wizard.resources
from tests.export.terraform.cases import CASES, EVERY_TYPE, Case, aws, gke, granting
from tests.export.terraform.running import Module, need_terraform, written
from tests.export.terraform.stub import Stub, schemas, served, stubs
from tests.in_full import IN_FULL, first
from wizard.engine.resource import Resource
from wizard.export.terraform import RENDERERS, files
from wizard.export.terraform.hcl import Block, Raw, comment, quoted, template
from wizard.export.terraform.providers import PROVIDERS
from wizard.export.terraform.renderers import NotHere

NUMBER = {"TF_VAR_project_number": "123456789012"}


@pytest.fixture(scope="module")
def providers() -> Iterator[dict[str, str]]:
    """The variables for providers that have the real schemas."""
    need_terraform()
    with served(stubs()) as variables:
        yield variables


@pytest.fixture(scope="module")
def others() -> Iterator[dict[str, str]]:
    """Providers with only those arguments that lines for other states have."""
    need_terraform()
    with served({name: Stub(each["lines"]) for name, each in schemas().items()}) as variables:
        yield variables


@pytest.mark.parametrize("case", first(7, CASES), ids=str)
def test_a_new_world_is_applied_and_then_there_is_nothing_to_change(
    case: Case, providers: dict[str, str], tmp_path: Path
) -> None:
    made = files(case.resources())
    module = Module(written(made, tmp_path), {**providers, **NUMBER})
    assert "imports.tf" not in dict(made)
    module.validate()
    module.apply()
    module.must_be_in_place()


@pytest.mark.parametrize("case", first(3, CASES), ids=str)
def test_what_was_there_is_only_read(case: Case, providers: dict[str, str], tmp_path: Path) -> None:
    resources = case.resources()
    made = dict(files(resources, existing=resources))
    module = Module(written(made.items(), tmp_path), {**providers, **NUMBER})
    module.validate()
    assert not re.search(r"^resource ", "".join(made.values()), re.MULTILINE)
    assert "Apply complete! Resources: 0 added, 0 changed, 0 destroyed." in module.apply()


WITH_LINES = [
    *(aws(runtime, "direct") for runtime in ("batch-fargate", "ec2", "ecs-fargate", "lambda")),
    gke()[-1],
    granting(EVERY_TYPE, "direct"),
]


@pytest.mark.parametrize("case", CASES if IN_FULL else WITH_LINES, ids=str)
def test_lines_for_another_state_have_arguments_that_exist_and_no_variables(
    case: Case, others: dict[str, str], tmp_path: Path
) -> None:
    resources = case.resources()
    made = [*files(resources), *files(resources, existing=resources)]
    lines = {found for _, text in made for found in re.findall(r"(?m)^# resource (?s:.*?)^# \}$", text)}
    blocks = [re.sub("(?m)^# ?", "", each) for each in sorted(lines)]
    for number, block in enumerate(blocks):
        assert "var." not in block and "data." not in block
        others_of_it = [each for each in blocks if each.split('"')[1:4] != block.split('"')[1:4]]
        folder = written([("lines.tf", f"{block}\n" + "\n".join(others_of_it) + "\n")], tmp_path / str(number))
        Module(folder, others).validate()


def test_there_are_lines_in_the_cases() -> None:
    """The test above looks at some."""
    texts = "".join(text for case in WITH_LINES for _, text in files(case.resources()))
    kinds = set(re.findall(r'(?m)^# resource "(\w+)"', texts))
    assert kinds >= {
        "aws_batch_job_definition",
        "aws_ecs_service",
        "aws_ecs_task_definition",
        "aws_instance",
        "aws_lambda_function",
        "google_container_cluster",
        "google_container_node_pool",
        "kubernetes_cron_job_v1",
        "kubernetes_deployment_v1",
    }


def test_the_files_are_the_same_whatever_the_order_of_the_resources() -> None:
    for case in CASES:
        resources = list(case.resources())
        shuffled = random.Random(case.title).sample(resources, len(resources))
        assert files(shuffled, resources) == files(resources, resources)


def test_an_unknown_project_number_is_asked_for() -> None:
    (case, *_) = CASES
    made = dict(files(case.resources()))
    declared = made["variables.tf"].partition('variable "project_number"')[2]
    assert declared and "default" not in declared.partition("}")[0]


def test_the_versions_of_the_schemas_are_in_the_ranges_and_recorded() -> None:
    for name, each in schemas().items():
        assert PROVIDERS[name].tested == each["version"]
        assert PROVIDERS[name].versions.startswith(f">= {each['version']}, <")


def _kinds() -> list[type[Resource]]:
    for module in pkgutil.iter_modules(wizard.resources.__path__):
        importlib.import_module(f"wizard.resources.{module.name}")
    found: list[type[Resource]] = []
    waiting = list(Resource.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("wizard.resources.") and not inspect.isabstract(kind):
            found.append(kind)
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_every_kind_has_a_renderer_or_says_why_not(kind: type[Resource]) -> None:
    renderer = RENDERERS[kind]
    known = schemas()
    if isinstance(renderer, NotHere):
        assert renderer.why.endswith((".", "terraform output -raw credential_configuration"))
    for kind_of_block in renderer.types:
        assert kind_of_block in known[kind_of_block.partition("_")[0]]["resources"]


NASTY = [
    "${var.project}",
    "%{ if true }",
    "$${x}",
    "$$",
    "%",
    'a "b" \\n c\\',
    "line\nline\r\n\ttab",
    "\x00\x01\x1f\x7f\x85\x9f",
    "\u2028\u2029\ufeff",
    "日本語 🚀 é",
    "<<EOF\nx\nEOF",
    "${",
    "%{",
    "$",
    "",
    " ",
    "#{x} // /* ",
    "yes",
    "1e3",
]


def test_every_text_survives(tmp_path: Path) -> None:
    need_terraform()
    random_texts = random.Random(13)
    alphabet = "${}%\"\\\n\r\t ~#'aé\u2028\x07<"
    texts = [*NASTY, *("".join(random_texts.choices(alphabet, k=12)) for _ in range(200))]
    joined = [template([text, Raw("local.x"), text]) for text in texts]
    blocks = [
        Block("locals", (), {"x": "-"}),
        Block("output", ("texts",), {"value": list(texts)}),
        Block("output", ("joined",), {"value": joined}),
        Block("output", ("keys",), {"value": dict.fromkeys(texts, "")}),
    ]
    text = "\n".join(block.text() for block in blocks)
    module = Module(written([("texts.tf", text)], tmp_path), {})
    module.apply()
    found = json.loads(module.ok("output", "-json"))
    assert found["texts"]["value"] == texts
    assert found["joined"]["value"] == [f"{each}-{each}" for each in texts]
    assert set(found["keys"]["value"]) == set(texts)


def test_a_comment_stays_a_comment() -> None:
    for text in NASTY:
        assert all(line.startswith("#") for line in comment(text).splitlines())
    assert quoted("a\nb") == '"a\\nb"'


def test_a_misspelled_argument_is_refused(providers: dict[str, str], tmp_path: Path) -> None:
    """The stub refuses as the provider would: an argument that its schema does not have."""
    text = dict(files(CASES[0].resources()))["google.tf"].replace("attribute_condition", "attribute_conditions")
    folder = written([*files(CASES[0].resources()), ("google.tf", text)], tmp_path)
    done = Module(folder, providers).run("validate")
    assert done.returncode == 1
    assert 'An argument named "attribute_conditions" is not expected here.' in done.stderr
