"""Configurations of other sources than AWS: what can be tested is, and nothing fails because it is not AWS."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import World
from wizard.clouds import endpoints
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName

JWT = "urn:ietf:params:oauth:token-type:jwt"
SECRET = "c2lnbmF0dXJl"
NEVER = 4102444800  # the year 2100


def token(**claims: Any) -> str:
    """A JWT with these claims, and a signature that nobody may see."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), SECRET])


TOKEN = token(iss="https://issuer.example", sub="job-1", aud="x", exp=NEVER, email="hidden@acme.example")
Write = Callable[..., str]


@pytest.fixture
def write(world: World) -> Write:
    """Write a configuration with a source for the world's token service; its path."""

    def write(source: dict[str, Any], provider: str = "oidc-prov", **changes: Any) -> str:
        name = ProviderName(PoolName("123456789012", "oidc-pool"), provider)
        document = credential_config(name, sts=endpoints.google("sts", world.sandbox.variables))
        del document["token_info_url"]
        path = world.folder / "config.json"
        path.write_text(json.dumps({**document, "subject_token_type": JWT, "credential_source": source, **changes}))
        return str(path)

    return write


@pytest.fixture
def served() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A URL that gives the token in JSON, and the headers of each request."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200 if self.path == "/token" else 302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(json.dumps({"id": TOKEN}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {hop["hop"]: hop["status"] for hop in answer["hops"]}


UNPROVEN = {"subject-token": "not_proven", "exchange": "not_proven", "permission": "not_proven"}


@pytest.mark.parametrize(
    ("source", "more", "says"),
    [
        ({"file": "/var/run/token"}, {}, "/var/run/token"),
        ({"url": "http://127.0.0.1:9/token?secret=1"}, {}, "http://127.0.0.1:9/token, which"),
        ({"url": "https://idp.example/token"}, {}, "idp.example, which is on another machine"),
        ({"executable": {"command": "/bin/sh -c 'touch made'"}}, {}, "/bin/sh, which the test never runs"),
        ({"certificate": {"use_default_certificate_config": True}}, {"subject_token_type": JWT[:-3] + "mtls"}, "X.509"),
    ],
)
def test_what_cannot_be_read_from_here_is_not_proven(
    world: World, write: Write, source: dict[str, Any], more: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    monkeypatch.chdir(world.folder)
    answer = world.wif("test", write(source, **more), "--json")
    assert statuses(answer.json) == {"config": "ok", "impersonation": "skipped", **UNPROVEN}
    assert says in answer.json["hops"][1]["reason"]
    assert answer.json["not_proven"]
    assert "secret=1" not in answer.out + answer.err
    assert world.wif("test", write(source, **more), "--strict").code == 1
    assert not (world.folder / "made").exists()


@pytest.mark.parametrize("name", ["executable", "certificate", "remote"])
def test_inside_no_program_is_run_and_no_unknown_host_is_asked(
    world: World, write: Write, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.folder)
    sources: dict[str, Any] = {
        "executable": {"executable": {"command": "/usr/bin/touch made"}},
        "certificate": {"certificate": {"certificate_config_location": "/x"}},
        "remote": {"url": "https://idp.example/token"},
    }
    kind = JWT[:-3] + "mtls" if name == "certificate" else JWT
    answer = world.wif("test", write(sources[name], subject_token_type=kind), "--from", "inside", "--json").json
    assert {**statuses(answer), **UNPROVEN} == statuses(answer)
    assert not (world.folder / "made").exists()


def test_a_token_in_a_file_is_read_inside_only_and_never_shown(world: World, write: Write) -> None:
    (world.folder / "token").write_text(TOKEN + "\n")
    path = write({"file": str(world.folder / "token")})
    answer = world.wif("test", path, "--from", "inside", "--json")
    hops = {hop["hop"]: hop for hop in answer.json["hops"]}
    assert hops["subject-token"]["evidence"] == [
        "iss https://issuer.example",
        "aud x",
        "sub job-1",
        "exp 2100-01-01T00:00:00+00:00",
    ]
    assert (hops["exchange"]["status"], hops["exchange"]["error"]["code"]) == ("failed", "invalid_target")
    for text in (TOKEN, SECRET, "hidden@acme.example"):
        assert text not in answer.out + answer.err


def test_a_token_from_a_url_is_asked_for_with_the_headers_of_the_file(
    world: World, write: Write, served: tuple[str, list[dict[str, str]]]
) -> None:
    url, asked = served
    source = {"headers": {"X-Own": "42"}, "format": {"type": "json", "subject_token_field_name": "id"}}
    answer = world.wif("test", write({"url": f"{url}/token", **source}), "--from", "inside", "--json").json
    assert statuses(answer)["subject-token"] == "ok"
    assert [each["x-own"] for each in asked] == ["42"]
    assert (
        statuses(world.wif("test", write({"url": f"{url}/moved", **source}), "--from", "inside", "--json").json)[
            "subject-token"
        ]
        == "failed"
    )
    assert len(asked) == 2, "a redirect is not followed"


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        (None, {}, "No such file"),
        ("", {}, "empty token"),
        ("{}", {"type": "json", "subject_token_field_name": "id"}, "in which id is a string"),
        ("not JSON", {"type": "json", "subject_token_field_name": "id"}, "not a JSON object"),
    ],
)
def test_a_token_that_cannot_be_read_inside_fails_and_says_why(
    world: World, write: Write, content: str | None, form: dict[str, str], says: str
) -> None:
    path = world.folder / "token"
    if content is not None:
        path.write_text(content)
    answer = world.wif("test", write({"file": str(path), "format": form}), "--from", "inside", "--json")
    assert answer.code == 1
    assert says in answer.json["hops"][1]["reason"]
    assert answer.json["hops"][1]["fix"]


def test_a_device_is_never_read(world: World, write: Write) -> None:
    answer = world.wif("test", write({"file": "/dev/zero"}), "--from", "inside", "--json").json
    assert "not a regular file" in answer["hops"][1]["reason"]


def test_a_role_on_aws_is_nothing_for_other_sources(world: World, write: Write) -> None:
    answer = world.wif("test", write({"file": "/t"}), "--role", "x", "--json")
    assert (answer.code, answer.json["error"]["kind"]) == (64, "bad-input")
    assert "remove --role" in answer.json["error"]["message"]


def test_the_claims_of_what_is_no_jwt_are_not_guessed(world: World, write: Write, tmp_path: Path) -> None:
    (tmp_path / "saml").write_text("PHNhbWw+")
    answer = world.wif("test", write({"file": str(tmp_path / "saml")}), "--from", "inside", "--json").json
    assert answer["hops"][1]["evidence"] == ["the token is not a JWT, so its claims are not shown"]
