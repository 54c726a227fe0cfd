"""Subject tokens as AWS callers make them, at a moment of the test's choosing."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

QUERY = "?Action=GetCallerIdentity&Version=2011-06-15"


@dataclass(frozen=True)
class Signer:
    """A key pair, and the token of temporary ones."""

    access_key_id: str
    secret_access_key: str
    token: str | None = None

    def request(self, audience: str, moment: datetime, region: str = "us-east-1", **changes: Any) -> dict[str, Any]:
        """The signed request, decoded: url, method, headers; `changes` replace parts of it before it is signed."""
        url = changes.get("url", f"https://sts.{region}.amazonaws.com{QUERY}")
        method = changes.get("method", "POST")
        parts = urlsplit(url)
        stamp = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": parts.netloc, "x-amz-date": stamp}
        if self.token:
            headers["x-amz-security-token"] = self.token
        scope = f"{stamp[:8]}/{region}/sts/aws4_request"
        signed = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        canonical = (
            f"{method}\n{parts.path or '/'}\n{parts.query}\n{lines}\n{signed}\n{hashlib.sha256(b'').hexdigest()}"
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = self._sign(f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}", stamp[:8], region)
        authorization = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
        )
        pairs = {"Authorization": authorization, **headers, "x-goog-cloud-target-resource": audience}
        return {"url": url, "method": method, "headers": [{"key": k, "value": v} for k, v in pairs.items()]}

    def _sign(self, text: str, day: str, region: str) -> str:
        key = f"AWS4{self.secret_access_key}".encode()
        for part in (day, region, "sts", "aws4_request", text):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key.hex()


def encoded(request: Any) -> str:
    """A decoded request as the subject token that carries it."""
    return quote(json.dumps(request))
