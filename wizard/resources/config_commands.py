"""The command that makes a credential configuration as apply does, typed by hand."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wizard.federation.config_merge import IMDSV2, IMPERSONATION, LIFETIME, decided_within, value_at, without_absent
from wizard.federation.credential_config import GOOGLE_UNIVERSE, credential_config, dump, file_config
from wizard.federation.identifiers import IAM_HOST, PoolName, ProviderName

_MARKER = "WIF_WIZARD"  # in no credential configuration

_EDIT = """\
python3 - {path} <<'{marker}'
import json, sys
path = sys.argv[1]
with open(path, encoding="utf-8") as file:
    document = json.loads(file.read() or "{{}}")
def change(part, key, *rest, value):
    inner = part.get(key) if rest else None
    if rest and (value is not None or isinstance(inner, dict)):
        part[key] = inner if isinstance(inner, dict) else {{}}
        change(part[key], *rest, value=value)
        if part[key]:
            return
        value = None
    part.pop(key, None) if value is None else part.update({{key: value}})

for keys, value in json.loads({changes}):
    change(document, *keys, value=value)
with open(path, "w", encoding="utf-8") as file:
    file.write(json.dumps(document, indent=2, ensure_ascii=False) + "\\n")
{marker}"""


def command(path: Path, after: Mapping[str, Any], there: bool, further: bool) -> str:
    """Return the command. `after` is what the setup decides of the file.

    gcloud makes the whole file; where it cannot make this one, a here-document writes or edits it. `there`: whether the
    file exists; `further`: whether it has keys that no setup decides, which the command keeps.
    """
    document = without_absent(after)
    made = None if further else _gcloud(path, document)
    if made is None and there:
        changes = json.dumps(json.dumps(_changes(after)))
        return _EDIT.format(path=shlex.quote(str(path)), marker=_MARKER, changes=changes)
    if made is None:
        made = f"cat > {shlex.quote(str(path))} <<'{_MARKER}'\n{dump(document)}{_MARKER}"
    return made if path.parent.is_dir() else f"mkdir -p {shlex.quote(str(path.parent))} && {made}"


def _gcloud(path: Path, document: Mapping[str, Any]) -> str | None:
    """Return gcloud's command; None if it does not make this file."""
    provider = _provider(str(document["audience"]))
    account = _account(document)
    lifetime = value_at(document, LIFETIME)
    imdsv2 = value_at(document, IMDSV2) is not None
    file = value_at(document, ("credential_source", "file"))
    try:
        if file:
            written = file_config(provider, file, service_account=account, token_lifetime=lifetime)
        else:
            written = credential_config(provider, service_account=account, token_lifetime=lifetime, imdsv2=imdsv2)
    except ValueError:  # gcloud refuses the lifetime
        return None
    if _effective(written) != _effective(document):
        return None
    flags = [f"--output-file={shlex.quote(str(path))}"]
    flags += [f"--service-account={account}"] if account else []
    flags += [f"--service-account-token-lifetime-seconds={lifetime}"] if lifetime else []
    flags += ["--enable-imdsv2"] if imdsv2 else []
    source = f"--credential-source-file={shlex.quote(file)} --credential-source-type=text" if file else "--aws"
    return f"gcloud iam workload-identity-pools create-cred-config {provider.name} {source} {' '.join(flags)}"


def _provider(audience: str) -> ProviderName:
    """Return the provider of an audience that the wizard wrote: the number in it can be unknown yet."""
    parts = audience.removeprefix(IAM_HOST).split("/")
    return ProviderName(PoolName(parts[1], parts[5]), parts[7])


def _effective(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without the differences that have no effect on an application."""
    kept = {key: value for key, value in document.items() if key != "token_info_url"}
    return {"universe_domain": GOOGLE_UNIVERSE} | kept


def _account(document: Mapping[str, Any]) -> str | None:
    url = document.get(IMPERSONATION)
    return str(url).rpartition("/")[2].partition(":")[0] if url else None


def _changes(after: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Return each value to set, with its path; None for a key to take out.

    Of a section that must be absent, only the keys that a setup decides are taken out: others stay.
    """
    found: list[tuple[tuple[str, ...], Any]] = []
    for key, value in after.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            found += _changes(value, here)
        elif value is None:
            found += [(decided, None) for decided in decided_within(here) or [here]]
        else:
            found.append((here, value))
    return found
