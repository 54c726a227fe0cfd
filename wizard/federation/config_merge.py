"""What a credential configuration keeps of a file that is there already, and what differs from it in effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from wizard.federation.config_check import is_google_url
from wizard.federation.config_source import is_aws_sts, is_ipv6_metadata, local_server
from wizard.federation.credential_config import GOOGLE_UNIVERSE
from wizard.language import _

Document = dict[str, Any]
KeyPath = tuple[str, ...]

IMPERSONATION = "service_account_impersonation_url"
LIFETIME = ("service_account_impersonation", "token_lifetime_seconds")
IMDSV2 = ("credential_source", "imdsv2_session_token_url")
_METADATA = (("credential_source", "region_url"), ("credential_source", "url"), IMDSV2)
_OURS: tuple[KeyPath, ...] = (
    ("universe_domain",),
    ("type",),
    ("audience",),
    ("subject_token_type",),
    ("token_url",),
    ("credential_source", "environment_id"),
    ("credential_source", "region_url"),
    ("credential_source", "url"),
    ("credential_source", "regional_cred_verification_url"),
    IMDSV2,
    ("credential_source", "file"),
    ("credential_source", "format", "type"),
    ("token_info_url",),
    (IMPERSONATION,),
    LIFETIME,
)
"""Where a setup decides the value. All other keys of a file are kept as they are."""
_FOREIGN_SOURCES: tuple[KeyPath, ...] = (("credential_source", "executable"), ("credential_source", "certificate"))
"""Where a file names a source of another kind, which no setup wants. An auth library refuses two sources."""
_HIDDEN = "(not shown)"
"""Stands for such a source: its values can be secrets."""


def decided_within(section: KeyPath) -> list[KeyPath]:
    """Return where a setup decides the value below a section; nothing for a key that is no section."""
    decided = (*_OURS, *_FOREIGN_SOURCES)
    return [path for path in decided if len(path) > len(section) and path[: len(section)] == section]


def removed_sources(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the sources of another kind that a change removes, with dots. Their values were never recorded."""
    removed = (path for path in _FOREIGN_SOURCES if value_at(before, path) is not None)
    return [".".join(path) for path in removed if value_at(after, path) is None]


def value_at(document: Mapping[str, Any], path: KeyPath) -> Any:
    """Return the value at a path; None if it is absent."""
    value: Any = document
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def part(there: Mapping[str, Any]) -> Document:
    """Return the part of a file that a setup decides."""
    result: Document = {}
    for path in _OURS:
        _set(result, path, value_at(there, path))
    for path in _FOREIGN_SOURCES:
        if value_at(there, path) is not None:
            _set(result, path, _(_HIDDEN))
    return result


def goal(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Document:
    """Return that part as it must be. A value that is there stays if it has the same effect.

    None stands for a key that must be absent: one at the top if the setup wants nothing of it, else the key itself.
    """
    result: Document = {}
    absent: list[KeyPath] = []
    for path in (*_OURS, *_FOREIGN_SOURCES):
        value = _kept(path, wanted, there)
        if value is not None:
            _set(result, path, value)
        elif value_at(there, path) is not None:
            absent.append(path)
    for path in absent:
        _remove(result, path)
    return result


def merged(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Document:
    """Return the document to write: the file that is there, in its order, with what the setup decides."""
    return _patched(there, goal(wanted, part(there)))


def _patched(there: Mapping[str, Any], changes: Mapping[str, Any], path: KeyPath = ()) -> Document:
    """Return a document with changes, of which None removes a key (a merge patch of RFC 7396).

    Of a section that must be absent, the keys stay that no setup decides.
    """
    result = dict(there)
    for key, value in changes.items():
        old = result.get(key)
        if value is None:
            kept = _undecided(old, (*path, key)) if isinstance(old, Mapping) else {}
            if kept:
                result[key] = kept
            else:
                result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(old, Mapping):
            result[key] = _patched(old, value, (*path, key))
        else:
            result[key] = value
    return result


def _undecided(section: Mapping[str, Any], path: KeyPath) -> Document:
    """Return the keys of a section that no setup decides."""
    if path in _FOREIGN_SOURCES:
        return {}
    result: Document = {}
    for key, value in section.items():
        here = (*path, key)
        if here in _OURS:
            continue
        kept = _undecided(value, here) if isinstance(value, Mapping) else value
        if kept != {} or value == {}:
            result[key] = kept
    return result


def without_absent(document: Mapping[str, Any]) -> Document:
    """Return a document, or a part of one, without the keys that must be absent."""
    result: Document = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            result[key] = without_absent(value)
        elif value is not None:
            result[key] = value
    return result


def restored(there: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> Document:
    """Return the document with the values of `before` at the keys that `after` sets; None stands for an absent key.

    All other keys are kept. A source of another kind stays absent, since its values were never recorded.
    """
    result = {key: dict(value) if isinstance(value, Mapping) else value for key, value in there.items()}
    for path in _paths(after):
        if path in _FOREIGN_SOURCES:
            continue
        value = value_at(before, path)
        section = result
        for key in path[:-1]:
            section = section.setdefault(key, {})
        if value is None:
            section.pop(path[-1], None)
        else:
            section[path[-1]] = _joined(section.get(path[-1]), value)
    return {key: value for key, value in result.items() if value != {} or there.get(key) == {}}


def _joined(there: Any, before: Any) -> Any:
    """Return a value to restore. Keys that others have put into a section since then are kept."""
    return {**there, **before} if isinstance(there, Mapping) and isinstance(before, Mapping) else before


def holds(there: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether a part of a file still has the values that `after` sets; None stands for an absent key."""
    return all(value_at(there, path) == value_at(after, path) for path in _paths(after))


def further_keys(there: Mapping[str, Any]) -> list[str]:
    """Return the keys of a file that no setup decides, with dots. Their values can be secrets."""
    decided = (*_OURS, *_FOREIGN_SOURCES)
    return sorted(".".join(path) for path in _paths(there) if path not in decided and path[:2] not in _FOREIGN_SOURCES)


def added_keys(there: Mapping[str, Any], content: Mapping[str, Any]) -> list[str]:
    """Return the keys of a file, with dots, that `content`, which was written to it, does not have."""
    written = set(_paths(content))
    paths = (path for path in _paths(there) if path not in written and value_at(there, path) is not None)
    return sorted(".".join(path) for path in paths)


def _kept(path: KeyPath, all_wanted: Mapping[str, Any], all_there: Mapping[str, Any]) -> Any:
    """Return the value that a key must have: that of the file if it has the same effect as the wanted one."""
    key, wanted, there = path[-1], value_at(all_wanted, path), value_at(all_there, path)
    if not all_there:
        return wanted
    if key == "universe_domain":
        return there if (there or GOOGLE_UNIVERSE) == (wanted or GOOGLE_UNIVERSE) else wanted
    if key == "token_info_url":  # no application reads it
        return there if there is None or is_google_url(there, "sts") else wanted
    if key == "token_url" and is_google_url(wanted, "sts") and is_google_url(there, "sts"):
        return there
    if path == ("credential_source", "format", "type"):
        return there if (there or "text") == (wanted or "text") else wanted
    if key == "regional_cred_verification_url" and _same_partition(wanted, there):
        return there
    if path in _METADATA and local_server(all_there):
        return there  # serve-credentials answers there, and only there for an application that cannot be changed
    if path in _METADATA and is_ipv6_metadata(all_there):
        return there
    if path == IMDSV2:
        return there if wanted is None else wanted
    if path == LIFETIME and wanted is None and not _removes_impersonation(all_wanted, all_there):
        return there
    return wanted


def _removes_impersonation(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    return IMPERSONATION in there and IMPERSONATION not in wanted


def _same_partition(ours: object, theirs: object) -> bool:
    """Return whether both are addresses of AWS STS in one partition: a region, or FIPS, is a choice that is kept."""
    return is_aws_sts(ours) and is_aws_sts(theirs) and _domain(ours) == _domain(theirs)


def _domain(url: object) -> str:
    host = urlsplit(str(url)).hostname or ""
    return host[host.find("amazonaws.") :] if "amazonaws." in host else host


def _set(document: Document, path: KeyPath, value: Any) -> None:
    if value is None:
        return
    *sections, key = path
    for section in sections:
        document = document.setdefault(section, {})
    document[key] = value


def _remove(document: Document, path: KeyPath) -> None:
    """Say that a key must be absent. A section of which nothing is wanted must be absent as a whole."""
    section, *keys = path
    if not isinstance(document.get(section), dict):
        document[section] = None
        return
    part_: Document = document[section]
    for key in keys[:-1]:
        part_ = part_.setdefault(key, {})
    part_[keys[-1]] = None


def _paths(document: Mapping[str, Any], path: KeyPath = ()) -> list[KeyPath]:
    found: list[KeyPath] = []
    for key, value in document.items():
        here = (*path, str(key))
        found += _paths(value, here) if isinstance(value, Mapping) and value else [here]
    return found
