"""AWS Signature Version 4, as a server verifies it: header form and query-string form.

The canonical request and the signature are botocore's own, so that what real clients sign is what is verified.
Source of the rules: AWS, "Signature Version 4 signing process".
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from . import errors
from .identity import Key
from .messages import Message

ALGORITHM = "AWS4-HMAC-SHA256"
_SECONDS = re.compile(r"[0-9]{1,6}")
_REGIONAL_STS = re.compile(r"sts\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?")


@dataclass(frozen=True)
class Claim:
    """What a signed request says about its signature."""

    access_key_id: str
    day: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    token: str | None
    lifetime: timedelta = errors.FRESH

    @property
    def moment(self) -> datetime:
        """When it was signed. Raises AwsRefusal if the date cannot be read."""
        try:
            return datetime.strptime(self.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise errors.incomplete_signature("Date must be in ISO-8601 'basic format'.") from None


def claim_of(message: Message) -> Claim:
    """Read the signature of a request. Raises AwsRefusal when there is none, or when it cannot be read."""
    header = message.headers.get("authorization")
    if header is None and "X-Amz-Signature" not in message.query:
        raise errors.missing_authentication()
    return _from_query(message) if header is None else _from_header(header, message)


def verify(message: Message, find: Callable[[str], Key | None], now: datetime) -> tuple[Claim, Key]:
    """The claim and the key of a request whose signature holds at `now`. Raises AwsRefusal otherwise.

    `find` gives the key for an access key id. Refused are unknown keys, temporary keys without their token or past
    their time, signatures more than 15 minutes off, and signatures that do not match.
    """
    claim = claim_of(message)
    _check_scope(claim, message)
    key = find(claim.access_key_id)
    if key is None or not hmac.compare_digest((key.token or "").encode(), (claim.token or "").encode()):
        raise errors.invalid_token()
    if key.expires is not None and key.expires <= now:
        raise errors.expired_token()
    _check_date(claim, now)
    if not hmac.compare_digest(_signature(claim, key, message).encode(), claim.signature.encode()):
        raise errors.signature_mismatch()
    return claim, key


def _from_header(header: str, message: Message) -> Claim:
    algorithm, _, rest = header.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise errors.incomplete_signature(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not parts.get(name)]
    timestamp = message.headers.get("x-amz-date", "")
    sentences = [f"Authorization header requires '{name}' parameter." for name in missing]
    if not timestamp:
        sentences.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if sentences:
        raise errors.incomplete_signature(" ".join(sentences))
    access_key_id, day, region, service = _scope(parts["Credential"])
    signed_headers = tuple(parts["SignedHeaders"].lower().split(";"))
    token = message.headers.get("x-amz-security-token")
    return Claim(access_key_id, day, region, service, signed_headers, parts["Signature"], timestamp, token)


def _from_query(message: Message) -> Claim:
    query = message.query
    needed = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Date")
    missing = [name for name in needed if not query.get(name)]
    if missing:
        raise errors.incomplete_signature(" ".join(f"AWS query-string parameters must include '{n}'." for n in missing))
    access_key_id, day, region, service = _scope(query["X-Amz-Credential"])
    seconds = query.get("X-Amz-Expires", "900")
    lifetime = timedelta(seconds=int(seconds)) if _SECONDS.fullmatch(seconds) else errors.FRESH
    return Claim(
        access_key_id,
        day,
        region,
        service,
        tuple(query["X-Amz-SignedHeaders"].lower().split(";")),
        query["X-Amz-Signature"],
        query["X-Amz-Date"],
        query.get("X-Amz-Security-Token"),
        min(lifetime, errors.FRESH),
    )


def _scope(credential: str) -> tuple[str, str, str, str]:
    parts = credential.split("/")
    if len(parts) != 5 or parts[4] != "aws4_request":
        raise errors.incomplete_signature(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'"
        )
    return parts[0], parts[1], parts[2], parts[3]


def _check_scope(claim: Claim, message: Message) -> None:
    """Compare the scope with the endpoint, where the endpoint is one of AWS STS by name."""
    if claim.day != claim.timestamp[:8]:
        raise errors.wrong_scope(
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{claim.day}' != '{claim.timestamp[:8]}', from '{claim.timestamp}'."
        )
    regional = _REGIONAL_STS.fullmatch(message.host)
    if regional is None and message.host != "sts.amazonaws.com":
        return
    region = regional.group(1) if regional else "us-east-1"
    if claim.region != region:
        raise errors.wrong_scope(f"Credential should be scoped to a valid region, not '{claim.region}'. ")
    if claim.service != "sts":
        raise errors.wrong_scope("Credential should be scoped to correct service: 'sts'. ")


def _check_date(claim: Claim, now: datetime) -> None:
    if claim.moment < now - claim.lifetime:
        raise errors.signature_expired(claim.moment, now)
    if claim.moment > now + errors.FRESH:
        raise errors.signature_early(claim.moment, now)


def _signature(claim: Claim, key: Key, message: Message) -> str:
    """The signature that the request should have. Raises AwsRefusal if the signature does not cover what it must."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest, HTTPHeaders
    from botocore.credentials import Credentials

    if "host" not in claim.signed_headers:
        raise errors.wrong_scope("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    if _body_altered(message):
        raise errors.signature_mismatch()
    signed = HTTPHeaders()
    for name in claim.signed_headers:
        signed[name] = message.host if name == "host" else message.headers.get(name, "")
    request = AWSRequest(message.method, _unsigned_url(message), headers=message.headers, data=message.body or None)
    request.context["timestamp"] = claim.timestamp
    signer = SigV4Auth(Credentials(key.access_key_id, key.secret_access_key), claim.service, claim.region)
    signer.headers_to_sign = lambda _: signed
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(to_sign, request))


def _body_altered(message: Message) -> bool:
    """Whether the body differs from the hash in the X-Amz-Content-SHA256 header."""
    declared = message.headers.get("x-amz-content-sha256")
    return declared is not None and declared != sha256(message.body).hexdigest()


def _unsigned_url(message: Message) -> str:
    """The URL without the signature parameter, which cannot sign itself."""
    head, _, query = message.url.partition("?")
    kept = [pair for pair in query.split("&") if pair.partition("=")[0] != "X-Amz-Signature"]
    return f"{head}?{'&'.join(kept)}" if query else head
