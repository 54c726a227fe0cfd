"""The workload's own token, as a credential configuration of another source than AWS gives it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.chain import probe
from wizard.federation.aws import is_outbound_issuer
from wizard.federation.config_url import is_on_machine, split
from wizard.federation.file_kinds import FileKind, source_of
from wizard.language import _
from wizard.outside import files
from wizard.outside.text import one_line
from wizard.secret import Secret

SHOWN = ("iss", "aud", "sub", "exp")
_LONGEST = 200  # characters of a claim
_NOT_A_JWT = "the token is not a JWT, so its claims are not shown"
_CLAIM = "{name} {value}"
_AWS_TOKEN = (
    "the token is one of AWS's own JWTs (sts:GetWebIdentityToken). There is no proof that Google accepts these JWTs"
)
_EXPIRED = "the token expired at {time}"


class Unread(Exception):  # noqa: N818 (named after what is so)
    """The token was not read: `what` is missing, and how to do it (`fix`). `failed`: reading it was tried."""

    def __init__(self, what: str, fix: str, *, failed: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.failed = failed


_INSIDE = "run the test on the workload's machine, with --from inside"
_TOKEN_AT = (
    "the token comes from {place}, which exists only on the workload's machine: the test does not read the "
    "token on this machine"
)
_REMOTE = "the token comes from {place}, which is on another machine: the test calls only known hosts"
_PROGRAM = "the token comes from the program {program}, which the test never runs"
_CERTIFICATE = "the token exchange uses an X.509 certificate over mutual TLS, which the test does not support"
_WORKFORCE = (
    "the credential configuration is for people (workforce identity), and the test cannot use a person's identity"
)
_OTHERWISE = "run the application itself, or `gcloud auth login --cred-file=FILE`"


def read(document: Mapping[str, Any], kind: FileKind, *, inside: bool) -> Secret:
    """Return the subject token that the configuration names. Raises Unread.

    It is read only `inside` the workload, from a regular file or from a loopback or link-local address.
    """
    source = source_of(document)
    if kind.name == "workforce":
        raise Unread(_(_WORKFORCE), _(_OTHERWISE))
    if "executable" in source:
        program = str(source["executable"]["command"]).split()[0]
        raise Unread(_(_PROGRAM).format(program=program), _(_OTHERWISE))
    if "certificate" in source:
        raise Unread(_(_CERTIFICATE), _(_OTHERWISE))
    place = str(source.get("file") or source.get("url")).partition("?")[0]
    address = split(source.get("url"))
    if address and not is_on_machine(address):
        raise Unread(_(_REMOTE).format(place=address.hostname), _(_OTHERWISE))
    if not inside:
        raise Unread(_(_TOKEN_AT).format(place=place), _(_INSIDE))
    text = _from_url(source, place) if address else _from_file(place)
    return _token_in(text, source, place)


def claims(token: Secret) -> dict[str, Any] | None:
    """Return the claims of a JWT, unverified; None for another token."""
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return None
    try:
        document = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def evidence(token: Secret, now: datetime) -> list[str]:
    """Return what may be shown of a token: who issued it, for whom, about whom, and until when it is valid."""
    found = claims(token)
    if found is None:
        return [_(_NOT_A_JWT)]
    lines = [_CLAIM.format(name=name, value=_shown(name, found[name])) for name in SHOWN if name in found]
    if is_outbound_issuer(found.get("iss")):
        lines.append(_(_AWS_TOKEN))
    expires = _time(found.get("exp"))
    if expires and expires < now:
        lines.append(_(_EXPIRED).format(time=expires.isoformat()))
    return lines


def _shown(name: str, value: object) -> str:
    time = _time(value) if name == "exp" else None
    return time.isoformat() if time else one_line(str(value))[:_LONGEST]


def _time(value: object) -> datetime | None:
    if not isinstance(value, int | float) or not 0 <= value < 1e11:
        return None
    return datetime.fromtimestamp(value, UTC)


def _from_file(place: str) -> str:
    try:
        return files.read_text(Path(place), files.MEGABYTE)
    except UnicodeDecodeError:
        raise Unread(
            _("{place} is not a text file").format(place=place), _("correct credential_source.file"), failed=True
        ) from None
    except OSError as error:
        raise Unread(
            _("the test cannot read {place}: {strerror}").format(place=place, strerror=error.strerror),
            _("mount the token at this path"),
            failed=True,
        ) from error


def _from_url(source: Mapping[str, Any], place: str) -> str:
    try:
        answer = probe.fetch("GET", str(source["url"]), source.get("headers"), timeout=5)
    except probe.Refusal as refusal:
        raise Unread(
            _("{place} does not provide a token: {message}").format(place=place, message=refusal.message),
            _("start the server that issues the token"),
            failed=True,
        ) from None
    if answer.status != 200:
        fix = _("check the URL and the headers in credential_source")
        raise Unread(
            _("the server at {place} returned HTTP {status} and no token").format(place=place, status=answer.status),
            fix,
            failed=True,
        )
    return answer.body


def _token_in(text: str, source: Mapping[str, Any], place: str) -> Secret:
    """Return the token in a text, as the format of the source says. Never shows the text, which is a secret."""
    form = source.get("format", {})
    token: object = text
    if form.get("type") == "json":
        field = form["subject_token_field_name"]
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        token = document.get(field) if isinstance(document, dict) else None
        if not isinstance(token, str):
            fix = _("correct credential_source.format")
            raise Unread(
                _("the response from {place} is not a JSON object in which {field} is a string").format(
                    place=place, field=field
                ),
                fix,
                failed=True,
            )
    token = str(token).strip()
    if not token:
        raise Unread(
            _("{place} contains an empty token").format(place=place),
            _("check the program that writes the token"),
            failed=True,
        )
    return Secret(token)
