"""A fake cloud on loopback: says what it is told, remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.true_names import leading_to

ACCOUNT = "111122223333"
ROLE = "rds-to-bigquery"
NUMBER = "123456789012"
PROVIDER = f"projects/{NUMBER}/locations/global/workloadIdentityPools/aws-prod/providers/aws-{ACCOUNT}"
AUDIENCE = f"//iam.googleapis.com/{PROVIDER}"
KEY_ID, SECRET, TOKEN = "ASIAEXAMPLEEXAMPLE12", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "SESSIONTOKENEXAMPLE=="
GOOGLE_TOKEN, IMPERSONATED = "ya29.federated-example-token", "ya29.impersonated-example-token"
EMAIL = "loader@acme-analytics.iam.gserviceaccount.com"

IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>{arn}</Arn>
    <UserId>AROAEXAMPLE:task</UserId>
    <Account>{account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""

AWS_ERROR = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>
</ErrorResponse>"""


@dataclass
class Asked:
    """One request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class FakeCloud:
    """Answers by the longest path prefix that matches: (status, body[, headers]) or a function that gives such."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    way_out: dict[str, str] = field(default_factory=dict)
    """The variables that lead the clouds' true names here, if they do."""

    @property
    def host(self) -> str:
        return self.url.partition("//")[2]

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def answer(self, asked: Asked) -> tuple[int, str, dict[str, str]]:
        self.asked.append(asked)
        found = [each for each in self.answers if asked.path.startswith(each)]
        if not found:
            return 404, json.dumps({"error": {"code": 404, "message": "no such path", "status": "NOT_FOUND"}}), {}
        chosen = self.answers[max(found, key=len)]
        status, body, *headers = chosen(asked) if callable(chosen) else chosen
        given = {"Content-Type": "text/plain" if isinstance(body, str) else "application/json", **dict(*headers)}
        return status, body if isinstance(body, str) else json.dumps(body), given


def working(cloud: FakeCloud) -> None:
    """Every call succeeds."""
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/0123456789abcdef0123456789abcdef"
    cloud.answers = {
        "/aws": (200, IDENTITY.format(arn=arn, account=ACCOUNT)),
        "/sts/v1/token": (
            200,
            {
                "access_token": GOOGLE_TOKEN,
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "token_type": "Bearer",
                "expires_in": 3600,
            },
        ),
        "/iamcredentials/": (200, {"accessToken": IMPERSONATED, "expireTime": "2036-01-02T04:04:05Z"}),
        "/cloudresourcemanager/": lambda asked: (200, {"permissions": json.loads(asked.body)["permissions"]}),
        "/bigquery/bigquery/v2/": (
            200,
            {"kind": "bigquery#queryResponse", "jobComplete": True, "totalBytesProcessed": "0"},
        ),
    }


def refused(code: int, status: str, message: str) -> tuple[int, dict[str, Any]]:
    """Google's error object."""
    return code, {"error": {"code": code, "message": message, "status": status}}


def first(times: int, refusal: Any, then: Any) -> Callable[[Asked], Any]:
    """Refuse `times` times, then give the other answer."""
    left = [times]

    def answer(asked: Asked) -> Any:
        left[0] -= 1
        chosen = refusal if left[0] >= 0 else then
        return chosen(asked) if callable(chosen) else chosen

    return answer


@contextmanager
def fake_cloud() -> Iterator[FakeCloud]:
    """Serve a fake cloud for the block."""
    cloud = FakeCloud()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length).decode())
            status, body, more = cloud.answer(asked)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - named by http.server

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def fake_clouds() -> Iterator[FakeCloud]:
    """Serve a fake cloud under the true names of both clouds: /sts, /iamcredentials, ..., and /aws."""
    with fake_cloud() as cloud, leading_to(cloud.url) as way_out:
        cloud.way_out = way_out
        yield cloud


def config(service_account: str | None = None, **source: str) -> dict[str, Any]:
    """A credential configuration."""
    document: dict[str, Any] = {
        "universe_domain": "googleapis.com",
        "type": "external_account",
        "audience": AUDIENCE,
        "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {
            "environment_id": "aws1",
            "regional_cred_verification_url": (
                "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
            ),
            **source,
        },
    }
    if service_account:
        path = f"/v1/projects/-/serviceAccounts/{service_account}:generateAccessToken"
        document["service_account_impersonation_url"] = f"https://iamcredentials.googleapis.com{path}"
    return document


def request(**changes: Any) -> dict[str, Any]:
    """A request for the probe."""
    return {
        "config": config(),
        "permissions": [{"project": "acme-analytics", "permissions": ["bigquery.jobs.create"]}],
        "link_local": False,
        **changes,
    }


def environment(cloud: FakeCloud, **more: str) -> dict[str, str]:
    """Environment keys, a region, and the way to the fake cloud."""
    return {
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_REGION": "ap-northeast-1",
        **cloud.way_out,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
        **more,
    }


def without_keys(cloud: FakeCloud, **more: str) -> dict[str, str]:
    """The same without keys."""
    kept = {name: value for name, value in environment(cloud).items() if name not in _KEYS}
    return {**kept, **more}


_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
