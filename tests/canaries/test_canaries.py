"""No key and no token is printed, logged or recorded, wherever an answer of a cloud is cut off or replaced.

The suite cuts each answer at one place. `make canaries` cuts it at all twenty, and prints both text and JSON.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from botocore.credentials import Credentials

from tests.canaries.cutting import PARTS, Cut, cutting
from tests.commands.conftest import IMPERSONATED, Answer
from tests.commands.gke import worlds as gke
from tests.in_full import IN_FULL
from tests.true_names import leading_to
from wizard.sandbox.env_file import UNSET
from wizard.sandbox.process import Sandbox

KEPT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GOOGLE_APPLICATION_CREDENTIALS", "KUBECONFIG")
"""Variables of the sandbox that name no endpoint."""

PREFIX = 14
"""So many characters of a secret are as bad as all of it."""

AWS_CALLS = {
    "AssumeRole": "Action=AssumeRole",
    "GetCallerIdentity": "Action=GetCallerIdentity",
    "GetRole": "Action=GetRole",
    "token exchange": "POST /sts/v1/token",
    "generateAccessToken": ":generateAccessToken",
    "testIamPermissions": ":testIamPermissions",
    "getIamPolicy": ":getIamPolicy",
    "provider": "GET /iam/v1/projects/.*providers",
    "BigQuery": "POST /bigquery",
}
GKE_CALLS = {
    "cluster": "GET /container/v1",
    "namespace": "GET /api/v1/namespaces",
    "service account": "GET /api/v1/.*serviceaccounts",
    "TokenRequest": "POST /api/v1/.*serviceaccounts/.*token",
    "token exchange of GKE": "POST /sts/v1/token",
    "generateAccessToken of GKE": ":generateAccessToken",
}


@dataclass
class Watched:
    """An applied setup behind proxies that cut, and all that its commands leave."""

    setup: str
    home: Path
    cut: Cut
    secrets: set[bytes]
    wif: Callable[..., Answer] | None = None

    def test(self, *more: str) -> Answer:
        """Run the live test from here, with a log."""
        assert self.wif is not None
        log = str(self.home / "calls.log")
        return self.wif("test", self.setup, "--from", "here", "--yes", "--wait", "0", "--log", log, *more)

    def left(self) -> bytes:
        """All files that are left: log, journal and crash log."""
        files = [path for path in self.home.rglob("*") if path.is_file() and path.suffix != ".yaml"]
        return b"\n".join(path.read_bytes() for path in files if "kubeconfig" not in path.name)

    def leaks(self, answer: Answer) -> list[bytes]:
        """The secrets of which a part was printed, logged or recorded."""
        seen = answer.out.encode() + answer.err.encode() + self.left()
        return [secret for secret in self.secrets | self.cut.secrets if secret[:PREFIX] in seen]


def variables(sandbox: Sandbox, stack: ExitStack, cut: Cut, home: Path) -> dict[str, str]:
    """The sandbox's variables, with a proxy that cuts before each of its servers; gRPC goes there directly."""
    given = sandbox.variables
    google = given["CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM"].removesuffix("/iam/")
    aws = stack.enter_context(cutting(given["AWS_ENDPOINT_URL"], cut)) if "AWS_ENDPOINT_URL" in given else ""
    grpc = int(given["IAM_EMULATOR_HOST"].rpartition(":")[2])
    way_out = stack.enter_context(leading_to(stack.enter_context(cutting(google, cut)), grpc, aws))
    found = {name: value for name, value in given.items() if name not in UNSET or name in KEPT} | way_out
    if "WIF_WIZARD_SANDBOX_KUBERNETES" in found:
        document = yaml.safe_load(Path(found["KUBECONFIG"]).read_text(encoding="utf-8"))
        api = stack.enter_context(cutting(found["WIF_WIZARD_SANDBOX_KUBERNETES"], cut))
        for item in document["clusters"]:
            item["cluster"] = {"server": api}
        file = home / "kubeconfig"
        file.write_text(yaml.safe_dump(document), encoding="utf-8")
        found["KUBECONFIG"] = str(file)
    return found | {"XDG_STATE_HOME": str(home / "state")}


def operator_keys(sandbox: Sandbox) -> dict[str, Credentials]:
    """The operator's AWS keys, by their id."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    key, secret = (sandbox.variables.get(name, "") for name in names)
    return {key: Credentials(key, secret)} if key else {}


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[Watched, dict[str, str]]]]:
    """The applied setup of a mode, made once, and the variables that lead to it."""
    made: dict[str, tuple[Watched, dict[str, str]]] = {}
    with ExitStack() as stack:

        def of(mode: str) -> tuple[Watched, dict[str, str]]:
            if mode not in made:
                home = tmp_path_factory.mktemp(mode)
                file = home / "setup.yaml"
                file.write_text(IMPERSONATED if mode == "aws" else gke.IMPERSONATED, encoding="utf-8")
                scenario = "batch-bigquery" if mode == "aws" else "gke-spanner"
                sandbox = stack.enter_context(Sandbox(scenario, ["--steady", "--endpoints"]))
                cut = Cut(keys=operator_keys(sandbox))
                found = variables(sandbox, stack, cut, home)
                token = Path(found["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_bytes()
                secrets = {token, found.get("AWS_SECRET_ACCESS_KEY", "").encode()} - {b""}
                made[mode] = Watched(str(file), home, cut, secrets), found
            return made[mode]

        yield of


@pytest.fixture
def watched(
    behind: Callable[[str], tuple[Watched, dict[str, str]]],
    wif: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Watched:
    """The setup of the mode that the test names; it is in place."""
    found, environ = behind(request.param)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found.wif, found.cut.call = wif, ""
    if not found.cut.secrets:
        applied = wif("apply", found.setup, "--yes", "--accept-loss")
        assert applied.code == 0, applied.out + applied.err
        answer = found.test()
        assert answer.code == 0, answer.out
        assert found.cut.secrets
        assert found.leaks(answer) == []
    return found


def places(call: str) -> list[int]:
    """Where the answers to a call are cut: everywhere, or at one place that is always the same."""
    return list(range(PARTS)) if IN_FULL else [random.Random(call).randrange(PARTS)]


MATRIX = [
    pytest.param(mode, pattern, place, id=f"{call}-{place}")
    for mode, calls in (("aws", AWS_CALLS), ("gke", GKE_CALLS))
    for call, pattern in calls.items()
    for place in places(call)
]


@pytest.mark.parametrize(("watched", "pattern", "place"), MATRIX, indirect=["watched"])
def test_an_answer_that_is_cut_off_shows_no_secret(watched: Watched, pattern: str, place: int) -> None:
    watched.cut.at(pattern, place)
    answers = [watched.test(), watched.test("--json")] if IN_FULL else [watched.test(*["--json"] * (place % 2))]
    assert watched.cut.hits, "the call was not made"
    for answer in answers:
        assert watched.leaks(answer) == []
        assert "Traceback" not in answer.out + answer.err
        assert answer.code in (0, 1)


@pytest.mark.parametrize(
    ("watched", "pattern"),
    [
        *(pytest.param("aws", pattern, id=call) for call, pattern in AWS_CALLS.items()),
        *(pytest.param("gke", pattern, id=call) for call, pattern in GKE_CALLS.items()),
    ],
    indirect=["watched"],
)
def test_a_page_in_place_of_an_answer_is_one_error_that_does_not_quote_it(watched: Watched, pattern: str) -> None:
    watched.cut.call, watched.cut.hits = pattern, 0
    watched.cut.change = lambda body: b"<html><title>Sign in</title>" + body
    answer = watched.test()
    assert watched.cut.hits, "the call was not made"
    assert "Sign in" not in answer.out + answer.err
    assert watched.leaks(answer) == []
    assert "Traceback" not in answer.out + answer.err
