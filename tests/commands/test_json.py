"""With --json a command answers as its schema says, whether it succeeds or fails, and prints nothing else on stdout."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import assets
from tests.commands.conftest import SETUP, Answer, World
from tests.commands.gke import worlds as gke
from tests.commands.schemas import checked
from tests.commands.test_broken_worlds import provider_disabled
from wizard.clouds.session import Clouds
from wizard.commands import parser
from wizard.commands.schema import schema_of
from wizard.sandbox.process import Sandbox

SCHEMAS = Path(assets.__file__).parent / "schemas"


@pytest.fixture
def cluster(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """The GKE scenario."""
    with gke.served(tmp_path, gke.joined, gke.all_services) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def failed(command: str, answer: Answer) -> Any:
    """The error in an answer."""
    assert answer.err
    return checked(command, answer.out)["error"]


def test_every_answer_of_a_whole_setup_fits_its_schema(fresh: World) -> None:
    setup = fresh.setup()
    plan = checked("plan", fresh.wif("plan", setup, "--json").out)
    assert plan["summary"]["in_place"] == 0
    assert {"assumable_by"} in [set(change["after"]) for change in plan["changes"]]
    checked("plan", fresh.wif("plan", setup, "--only", "google", "--json").out)
    lines = [checked("apply", line) for line in fresh.wif("apply", setup, "--yes", "--json").out.splitlines()]
    assert lines[-1]["outcome"] == "done"
    (again,) = fresh.wif("apply", setup, "--json").out.splitlines()
    assert checked("apply", again)["run"] is None
    fresh.config.write_text("{}", encoding="utf-8")
    checked("plan", fresh.wif("plan", setup, "--json").out)
    checked("apply", fresh.wif("apply", setup, "--yes", "--json").out.splitlines()[-1])
    assert checked("test", fresh.wif("test", setup, "--from", "here", "--yes", "--json").out)["passed"]
    printed = checked("export", fresh.wif("export", setup, "app", "--json").out)
    assert {(each["path"], each["state"]) for each in printed["files"]} == {(None, None)}
    assert len(checked("runs", fresh.wif("runs", "--json").out)["runs"]) == 2
    provider_disabled(Clouds("acme-analytics", "ap-northeast-1"))
    broken = fresh.wif("test", setup, "--from", "here", "--yes", "--json", "--wait", "0")
    assert (broken.code, checked("test", broken.out)["passed"]) == (1, False)


def test_every_answer_about_several_workloads_fits_its_schema(cluster: World) -> None:
    setup = cluster.setup(
        gke.setup_of(
            gke.workload("anti-fraud", "scorer"),
            gke.workload("anti-fraud", "reader", through="scorer-runner"),
        )
    )
    checked("plan", cluster.wif("plan", setup, "--json").out)
    for line in cluster.wif("apply", setup, "--yes", "--json").out.splitlines():
        checked("apply", line)
    test = checked("test", cluster.wif("test", setup, "--yes", "--json").out)
    assert set(test["workloads"]) == {"anti-fraud/scorer", "anti-fraud/reader"}
    checked("runs", cluster.wif("runs", "--json").out)


@pytest.mark.parametrize("command", ["plan", "apply", "test"])
def test_a_setup_file_that_is_wrong_is_answered_with_its_problems(world: World, command: str) -> None:
    setup = world.setup(SETUP.replace("pool: aws-prod", "pool: gcp-aws").replace("ap-northeast-1", "tokyo"))
    answer = world.wif(command, setup, "--json")
    error = failed(command, answer)
    assert (answer.code, error["kind"]) == (64, "bad-input")
    assert [problem["line"] for problem in error["problems"]] == [3, 4]
    assert {"where", "what", "fix"} < set(error["problems"][0])
    assert error["message"] in answer.err


def test_a_refusal_of_a_cloud_is_answered_with_its_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    answer = world.wif("plan", world.setup(), "--json")
    error = failed("plan", answer)
    assert (answer.code, error["kind"]) == (1, "cloud")
    assert (error["status"], error["reason"]) == (403, "InvalidClientTokenId")
    assert {"service", "operation", "message"} < set(error)
    assert "export new AWS access keys" in error["hint"]


def test_permissions_that_are_missing_are_answered(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.work.planning import Review

    monkeypatch.setattr(Review, "missing", property(lambda review: review.permission_checks[:2]))
    answer = fresh.wif("apply", fresh.setup(), "--yes", "--json")
    error = failed("apply", answer)
    assert (answer.code, error["kind"]) == (1, "refused")
    assert error["message"].startswith("The wizard changed nothing: you do not have 2 of the ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "none.yaml", "--json", "--frobnicate"),
        ("apply", "--json"),
        ("test", "none.json", "--from", "here", "--json"),
        ("export", "none.yaml", "app", "--json"),
        ("export", "none.yaml", "everything", "--json"),
        ("test", "none.yaml", "--wait", "soon", "--json"),
    ],
)
def test_bad_usage_is_answered(wif: Callable[..., Answer], arguments: tuple[str, ...]) -> None:
    answer = wif(*arguments)
    assert (answer.code, failed(arguments[0], answer)["kind"]) == (64, "bad-input")


def test_an_option_cannot_be_abbreviated(wif: Callable[..., Answer]) -> None:
    """An answer of a program that writes --js would turn into text with the next option that begins so."""
    assert wif("runs", "--js").code == 64


def test_no_terminal_to_confirm_on_is_answered(world: World) -> None:
    answer = world.wif("apply", world.setup(), "--json")
    assert (answer.code, failed("apply", answer)["kind"]) == (64, "bad-input")


def test_an_interrupt_is_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wizard.work.planning.review", interrupt)
    answer = world.wif("plan", world.setup(), "--json")
    assert (answer.code, failed("plan", answer)["kind"]) == (130, "interrupted")


def test_what_a_test_leaves_behind_is_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.chain.tidy import LeftBehind

    def leave(*_: object) -> None:
        raise LeftBehind("the pod wif-wizard-1 is still there; delete it")

    monkeypatch.setattr("wizard.work.testing.test_setup", leave)
    answer = world.wif("test", world.setup(), "--json")
    error = failed("test", answer)
    assert (answer.code, error["message"]) == (1, "the pod wif-wizard-1 is still there; delete it")


@pytest.mark.parametrize("name", parser.SCHEMAS)
def test_the_published_schema_is_the_one_that_is_printed(wif: Callable[..., Answer], name: str) -> None:
    """After a change of a format: `wif-wizard schema NAME >assets/schemas/NAME.json`."""
    printed = wif("schema", name)
    assert printed.code == 0
    assert printed.json == schema_of(name)
    assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == printed.out


def test_a_schema_has_a_title_and_asks_for_every_key() -> None:
    for name in parser.SCHEMAS[1:]:
        schema = schema_of(name)
        assert "wif-wizard" in schema["title"]
        for described in schema["$defs"].values():
            assert described.get("required") == list(described.get("properties", [])) or None


def test_without_a_name_the_schema_is_that_of_the_setup_file(wif: Callable[..., Answer]) -> None:
    assert wif("schema").json == schema_of("setup")
    assert wif("schema", "gizmo").code == 64
