"""Annotations and names that would drive the terminal: what is printed shows them, and does nothing else."""

from collections.abc import Iterator

import pytest

from tests.commands.conftest import World
from tests.commands.gke import worlds as gke
from tests.oracles.programs import Program, need
from wizard.federation.gke import ANNOTATION
from wizard.sandbox.process import Sandbox

HOSTILE = (
    "x\x1b[2K\x1b[1A\x1b]52;c;aGFoYQ==\x07\x1b]0;title\x07\r  = in place  all is well\n"
    "  = in place\u202e\u200b[red][@click=app.quit]"
)
SHOWN = (
    r"x\x1b[2K\x1b[1A\x1b]52;c;aGFoYQ==\x07\x1b]0;title\x07\r  = in place  all is well\n"
    r"  = in place\u202e\u200b[red][@click=app.quit]"
)


def with_metadata(world: gke.Json) -> None:
    """The node pools are as the setup wants them, so that a test reaches the account."""
    for pool in gke.first_cluster(world)["node_pools"]:
        pool["mode"] = "GKE_METADATA"


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A cluster whose account has the annotation, which kubectl wrote."""
    need("kubectl")
    with gke.served(tmp_path_factory.mktemp("scenario"), gke.joined, gke.all_services, with_metadata) as sandbox:
        kubectl = Program("kubectl", sandbox.environ())
        kubectl.ok("create", "serviceaccount", "scorer", "-n", "anti-fraud")
        kubectl.ok("annotate", "serviceaccount", "scorer", "-n", "anti-fraud", f"{ANNOTATION}={HOSTILE}")
        yield sandbox


def is_harmless(text: str) -> bool:
    """Whether nothing but line breaks is there to obey."""
    return all(character == "\n" or character.isprintable() for character in text)


@pytest.mark.parametrize("setup", [gke.SETUP, gke.IMPERSONATED], ids=["direct", "impersonated"])
def test_the_plan_shows_the_annotation_in_one_line(world: World, setup: str) -> None:
    answer = world.wif("plan", world.setup(setup))
    assert answer.code == 2
    assert is_harmless(answer.out + answer.err)
    assert SHOWN in answer.out
    assert not [line for line in answer.out.splitlines() if line.startswith("  = in place") and "all is well" in line]


def test_json_holds_it_as_it_is(world: World) -> None:
    answer = world.wif("plan", world.setup(gke.SETUP), "--json")
    assert is_harmless(answer.out)
    assert HOSTILE in texts_in(answer.json)


def test_the_live_test_and_its_log_show_it(world: World) -> None:
    log = world.folder / "calls.log"
    answer = world.wif("test", world.setup(gke.SETUP), "--from", "here", "--yes", "--wait", "0", "--log", str(log))
    assert is_harmless(answer.out + answer.err)
    assert is_harmless(log.read_text(encoding="utf-8"))
    assert SHOWN in answer.out


def texts_in(value: object) -> list[str]:
    """Every text in a JSON document."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_in(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item)]
    return [value] if isinstance(value, str) else []
