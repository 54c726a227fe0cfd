"""The credential configuration that the application loads. It has no secret."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.engine.stale import StalePlan
from wizard.federation import config_merge, credential_config
from wizard.federation.file_kinds import kind_of
from wizard.federation.identifiers import IAM_HOST, AudienceError, ProviderName
from wizard.language import _, translated
from wizard.outside import files
from wizard.resources import config_commands
from wizard.resources.kind import Kind, Needed

_OTHER_KIND = (
    "{path} exists ({title}), and the wizard does not overwrite {path}: set credential_config to another file, or "
    "move {path}"
)
_OTHER_PROVIDER = (
    "applications that load {path} use the provider {before} now; after the change, the applications would use "
    "{after}, or lose access"
)
_OTHER_ACCOUNT = (
    "applications that load {path} act as {before} now; after the change, the applications would no longer act as "
    "{before}"
)
_STALE = (
    "someone else has added fields to {path} since the review, and applying the setup would remove these fields. Plan "
    "again."
)
_CHANGED = "someone else changed {path} after the plan was made, so the wizard did not write the file"
_ADDED = "{path} contains these fields, which the run did not write: {keys}."
_UNRECORDED = (
    "The run removed the fields {keys} from {path}. The values might be secrets, so the wizard did not record them, "
    "and cannot restore the file. Restore the file from your own copy."
)
_KEPT = "The credential configuration keeps these other fields: {keys}."


class NotWritten(Refused):
    """The file could not be read or written. The message says which file, why, and what to do."""


class FileChanged(NotWritten):
    """Someone else wrote the file after it was read."""


@dataclass(frozen=True, eq=False)
class ConfigFile(Kind):
    """A JSON file on this machine, with mode 0600. A write replaces the whole file, or changes nothing.

    A file that is there keeps the keys that the setup does not decide, and values with the same effect.
    """

    kind: ClassVar[str] = "credential configuration"
    path: Path
    content: dict[str, Any] = field(hash=False)
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return str(self.path)

    def desired(self) -> State:
        return {"content": self.content}

    def desired_with(self, before: State | None) -> State:
        return {"content": config_merge.goal(self.content, before["content"])} if before else self.desired()

    def read(self, clouds: Clouds) -> State | None:  # noqa: ARG002 (it is a file)
        document = self._there()
        if document is None:
            return None
        # Only values of our own keys: other values can be secrets.
        return {
            "content": config_merge.part(document),
            "further_keys": config_merge.further_keys(document),
        }

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002
        if self._there() is not None:
            raise FileChanged(_(_CHANGED).format(path=self.path))
        self._save(self.content)
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002
        there = self._there() or {}
        if change.before is not None and config_merge.part(there) != change.before["content"]:
            raise FileChanged(_(_CHANGED).format(path=self.path))
        if config_merge.goal(self.content, config_merge.part(there)) != change.after["content"]:
            raise StalePlan(_(_STALE).format(path=self.path))
        self._save(config_merge.merged(self.content, there))
        return None

    def delete(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002
        self.path.unlink(missing_ok=True)
        return None

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002
        before, after = (change.before or {}).get("content", {}), change.after.get("content", {})
        there = self._there() or {}
        if not config_merge.holds(config_merge.part(there), after):
            raise FileChanged(_(_CHANGED).format(path=self.path))
        self._save(config_merge.restored(there, before, after))
        return None

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:  # noqa: ARG002
        """Return the sources that the run removed: without them, the former file would lead to no token."""
        before, after = (change.before or {}).get("content", {}), change.after.get("content", {})
        removed = config_merge.removed_sources(before, after)
        return [_(_UNRECORDED).format(path=self.path, keys=", ".join(removed))] if removed else []

    def moved(self, error: Refused) -> bool:
        return isinstance(error, FileChanged)

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:  # noqa: ARG002
        """Return the keys that someone has added to the file: they would be lost with it."""
        keys = config_merge.added_keys(self._there() or {}, self.content)
        return [_(_ADDED).format(path=self.path, keys=", ".join(keys))] if keys else []

    def impact(self, change: Change) -> str | None:
        return (
            _("the wizard overwrites the file {path}, which has different content").format(path=self.path)
            if change.action == "update"
            else None
        )

    def losers(self, change: Change) -> list[str]:
        before = change.before["content"] if change.before else {}
        found = []
        if _provider(before) not in (None, _provider(self.content)):
            values = {"before": _provider(before), "after": _provider(self.content)}
            found.append(_(_OTHER_PROVIDER).format(path=self.path, **values))
        account = _account(before)
        if account and account != _account(self.content):
            found.append(_(_OTHER_ACCOUNT).format(path=self.path, before=account))
        return found

    def notes(self, change: Change) -> list[str]:
        keys = change.before["further_keys"] if change.before else []
        return [_(_KEPT).format(keys=", ".join(keys))] if keys else []

    def commands(self, change: Change) -> list[str]:
        further = bool(change.before and change.before["further_keys"])
        return [config_commands.command(self.path, change.after["content"], change.before is not None, further)]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (it is the operator's own file)
        return []

    def _there(self) -> dict[str, Any] | None:
        """Return the document in the file; None without a file. Raises NotWritten for a file that someone may need."""
        try:
            text = files.read_text(self.path)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            reason = _words(error)
            raise NotWritten(
                _("the wizard cannot read {path}: {reason}; set credential_config to a different path").format(
                    path=self.path, reason=reason
                )
            ) from None
        try:
            document = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError):
            document = None
        kind = kind_of(document)
        if document == {} or (kind is kind_of(self.content) and isinstance(document, dict)):
            return document
        title = translated(kind.title) if kind else _("an unknown kind of file")
        raise NotWritten(_(_OTHER_KIND).format(path=self.path, title=title))

    def _save(self, document: dict[str, Any]) -> None:
        try:
            self._write(credential_config.dump(document))
        except OSError as error:
            raise NotWritten(
                _("the wizard cannot write {path}: {error}; set credential_config to a different path").format(
                    path=self.path, error=error
                )
            ) from error

    def _write(self, text: str) -> None:
        path = Path(os.path.realpath(self.path))  # a link stays a link
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise


def _provider(content: Mapping[str, Any]) -> str | None:
    """Return the provider that a file names; None if it names none that a token service knows."""
    audience = str(content.get("audience"))
    try:
        return ProviderName.parse(audience).name if audience.startswith(IAM_HOST) else None
    except AudienceError:
        return None


def _account(content: Mapping[str, Any]) -> str:
    """Return the service account that a file impersonates; empty for direct access."""
    url = str(content.get(config_merge.IMPERSONATION) or "")
    return url.rpartition("/")[2].partition(":")[0]


def _words(error: Exception) -> str:
    return (
        "the file is not UTF-8 text"
        if isinstance(error, UnicodeDecodeError)
        else str(getattr(error, "strerror", error))
    )
