"""Random credential configurations and other writers: keys that no setup decides stay, a revert restores the rest."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from tests.properties.tried import Foreign, Harm, Json, Run
from wizard.federation.config_merge import value_at
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.resources.config_file import ConfigFile

PROVIDER = ProviderName(PoolName("123456789012", "made-up"), "aws-111122223333")
OTHER = ProviderName(PROVIDER.pool, "theirs")
EMAIL = "app@made-up-project.iam.gserviceaccount.com"
Path_ = tuple[str, ...]

wanted = st.builds(
    lambda account, imdsv2: credential_config(PROVIDER, service_account=account, imdsv2=imdsv2),
    st.none() | st.just(EMAIL),
    st.booleans(),
)
_settings: st.SearchStrategy[tuple[Path_, Any]] = st.sampled_from(
    [
        (("audience",), OTHER.audience),
        (("audience",), None),
        (("universe_domain",), "googleapis.com"),
        (("universe_domain",), "made-up.example"),
        (("token_url",), "https://sts.mtls.googleapis.com/v1/token"),
        (("token_url",), "https://made-up.example/token"),
        (("token_info_url",), "https://sts.googleapis.com/v1/introspect"),
        (("service_account_impersonation_url",), None),
        (("service_account_impersonation_url",), "https://made-up.example/impersonate"),
        (("service_account_impersonation", "token_lifetime_seconds"), 600),
        (("service_account_impersonation", "future"), {"a": []}),
        (("service_account_impersonation",), {}),
        (("service_account_impersonation",), None),
        (("credential_source", "region_url"), None),
        (("credential_source", "region_url"), "https://made-up.example/region"),
        (("credential_source", "regional_cred_verification_url"), "https://sts.eu-west-1.amazonaws.com?x=1"),
        (("credential_source", "file"), "/made/up"),
        (("credential_source", "format"), {"type": "json", "subject_token_field_name": "token"}),
        (("credential_source", "future"), {}),
        (("quota_project_id",), "made-up-project"),
        (("workforce_pool_user_project",), None),
        (("future",), {"nested": {"list": [1, None, {}]}}),
    ]
)
removals = st.sampled_from(
    [
        ("token_info_url",),
        ("universe_domain",),
        ("credential_source", "region_url"),
        ("quota_project_id",),
        ("audience",),
    ]
)


@dataclass(frozen=True)
class Edit:
    """Sets the value at a path of the document, or removes it."""

    path: Path_
    value: Any = field(default=None, hash=False)
    remove: bool = False

    def make(self, document: Json) -> None:
        """Make the edit. A section that is something else becomes a section."""
        section = document
        for key in self.path[:-1]:
            if not isinstance(section.get(key), dict):
                if self.remove:
                    return
                section[key] = {}
            section = section[key]
        if self.remove:
            section.pop(self.path[-1], None)
        else:
            section[self.path[-1]] = copy.deepcopy(self.value)


edits = st.one_of(
    st.builds(lambda found: Edit(*found), _settings), st.builds(lambda path: Edit(path, remove=True), removals)
)


@st.composite
def documents(draw: st.DrawFn) -> Json | None:
    """A configuration that was there before the run, or none."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from([None, {}]))
    document = copy.deepcopy(draw(wanted))
    for edit in draw(st.lists(edits, max_size=5)):
        edit.make(document)
    return document


Schedule = Mapping[int, list[Edit]]
schedules = st.dictionaries(st.integers(0, 5), st.lists(edits, min_size=1, max_size=2), max_size=2)


@dataclass(frozen=True)
class Case:
    """A file, what is wanted of it, and what others do: before which read of apply and of the revert, and between."""

    document: Json | None = field(hash=False)
    wanted: Json = field(hash=False)
    during: tuple[Schedule, Schedule] = field(hash=False)
    between: list[Edit] = field(hash=False)


cases = st.builds(
    Case,
    documents(),
    wanted,
    st.one_of(st.just(({}, {})), st.tuples(schedules, schedules)),
    st.just([]) | st.lists(edits, max_size=2),
)


class Watched(ConfigFile):
    """The file, with other writers before each read. Each write of the wizard is compared with what was there."""

    stored: Stored

    def _there(self) -> Json | None:
        self.stored.foreign.act()
        return super()._there()

    def _save(self, document: Json) -> None:
        self.stored.before_write()
        super()._save(document)
        self.stored.after_write()


class Stored:
    """The file on disk, and what the wizard and the others did to it."""

    def __init__(self, document: Json | None, path: Path, foreign: Foreign) -> None:
        self.path = path
        self.foreign = foreign
        self.harm = Harm()
        self.expected = copy.deepcopy(document)
        """What is to be there after the revert: the document as only the others edited it."""
        self.edited: set[Path_] = set()
        """What others edited."""
        self._before: dict[Path_, Any] = {}
        if document is not None:
            self._write(document)

    def now(self) -> Json | None:
        """Return what is in the file."""
        return json.loads(self.path.read_text()) if self.path.exists() else None

    def change(self, edit: Edit) -> None:
        """Let another writer edit the file, if there is one."""
        document = self.now()
        if not document or (edit.value is None and value_at(document, edit.path) is None):
            return  # null and absent are the same
        before = flat(document)
        edit.make(document)
        self._write(document)
        after = flat(document)
        self.edited |= {path for path in {*before, *after} if before.get(path, _ABSENT) != after.get(path, _ABSENT)}
        if self.expected is not None and before != after:
            edit.make(self.expected)

    def before_write(self) -> None:
        """Remember what is there as the wizard writes."""
        self._before = flat(self.now() or {})

    def after_write(self) -> None:
        """Compare what the wizard wrote with what was there: it must not touch what no setup decides."""
        after = flat(self.now() or {})
        for path in {*self._before, *after}:
            if self._before.get(path, _ABSENT) != after.get(path, _ABSENT) and not _is_decided(path):
                harm = self.harm.foreign_lost if path in self.edited else self.harm.lost
                harm.append(f"the wizard changed {path} of {self._before} to {after}")

    def _write(self, document: Json) -> None:
        self.path.write_text(json.dumps(document))


_ABSENT = object()
_FURTHER = (
    ("quota_project_id",),
    ("workforce_pool_user_project",),
    ("future",),
    ("credential_source", "future"),
    ("service_account_impersonation", "future"),
    ("credential_source", "format", "subject_token_field_name"),
)


def _is_decided(path: Path_) -> bool:
    return not any(path[: len(further)] == further for further in _FURTHER)


def flat(document: Mapping[str, Any], path: Path_ = ()) -> dict[Path_, Any]:
    """Return the values of a document by path. An empty object is a value."""
    found: dict[Path_, Any] = {}
    for key, value in document.items():
        found |= flat(value, (*path, key)) if isinstance(value, dict) and value else {(*path, key): value}
    return found


def check(case: Case, folder: Path) -> Harm:
    """Apply and revert one case. Returns what went wrong."""
    parts: list[dict[int, list[Callable[[], None]]]] = [{}, {}, {}, {}]
    foreign = Foreign(*parts)
    file = Watched(folder / "config.json", case.wanted)
    stored = Stored(case.document, file.path, foreign)
    object.__setattr__(file, "stored", stored)
    for part, schedule in zip((parts[0], parts[2]), case.during, strict=True):
        part.update({call: [_maker(stored, edit) for edit in made] for call, made in schedule.items()})
    run = Run(file, SimpleNamespace(environ={}, projects={}, google=None, google_iam=None, aws=None), folder)
    done = run.apply(run.plan()).ok
    foreign.next_part()
    if not (done or run.apply_until_done()):
        stored.harm.other.append(f"the wizard refuses {stored.now()}: {run.texts}")
    for edit in case.between:
        stored.change(edit)
    foreign.next_part()
    was = stored.now()
    left = run.revert_until_done(foreign.next_part)
    _check_reverted(case, stored, was, left)
    return stored.harm


def _check_reverted(case: Case, stored: Stored, was: Json | None, left: Any) -> None:
    now = stored.now()
    if left is None:
        stored.harm.other.append(f"the revert fails: {now}")
    elif case.document is None:
        if now is not None and not left:
            stored.harm.other.append(f"{now} is there after the revert: {left}")
        ours = flat(case.wanted)
        theirs = [path for path, value in flat(was or {}).items() if value not in (None, {}, ours.get(path))]
        if now is None and theirs:
            stored.harm.foreign_lost.append(f"the wizard deleted {was}, of which {theirs} is of others")
    elif now is None:
        stored.harm.lost.append("the file is gone")
    else:
        _compare(stored, flat(stored.expected or {}), flat(now), left)


def _compare(stored: Stored, expected: dict[Path_, Any], now: dict[Path_, Any], left: Any) -> None:
    for path in {*expected, *now}:
        wanted, found = expected.get(path), now.get(path)
        # The engine and the auth libraries take null for absent where a setup decides the value.
        if wanted == found and ((path in expected) is (path in now) or (wanted is None and _is_decided(path))):
            continue
        harm = stored.harm.foreign_lost if path in stored.edited else stored.harm.other
        harm.append(f"{path} is {found} and not {wanted} after the revert: {now} {left}")


def _maker(stored: Stored, edit: Edit) -> Callable[[], None]:
    return lambda: stored.change(edit)
