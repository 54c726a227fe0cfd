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
from wizard.engine.resource import Change, Operation, Refused, Resource, State, leaves, owned
from wizard.outside import files
from wizard.resources.kind import Kind, Needed


class NotWritten(Refused):
    """The file could not be read or written. The message says which file, why, and what to do."""


@dataclass(frozen=True, eq=False)
class ConfigFile(Kind):
    """A JSON file on this machine, with mode 0600. A write replaces the whole file, or changes nothing."""

    kind: ClassVar[str] = "credential configuration"
    key_labels: ClassVar[Mapping[str, str]] = {"further_keys": "further keys"}
    path: Path
    content: dict[str, Any] = field(hash=False)
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return str(self.path)

    def desired(self) -> State:
        return {"content": self.content, "further_keys": []}

    def read(self, clouds: Clouds) -> State | None:  # noqa: ARG002 (it is a file)
        try:
            text = files.read_text(self.path)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise NotWritten(f"{self.path} cannot be read: {reason}; choose another credential_config") from error
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            return {"content": {}, "further_keys": ["(not a JSON object)"]}
        ours = {path for path, _ in leaves(self.content)}
        further = [".".join(path) for path, _ in leaves(document) if path not in ours]
        # Only values of our own keys: other values can be secrets, such as a service account key.
        return {"content": owned(document, self.content), "further_keys": sorted(further)}

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002
        try:
            self._write()
        except OSError as error:
            raise NotWritten(f"{self.path} cannot be written: {error}; choose another credential_config") from error
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002
        return self.create(clouds)

    def delete(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002
        self.path.unlink(missing_ok=True)
        return None

    def impact(self, change: Change) -> str | None:
        return f"overwrites {self.path}, which has other content" if change.action == "update" else None

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002
        audience = str(self.content["audience"]).removeprefix("//iam.googleapis.com/")
        flags = ["--aws", f"--output-file={self.path}"]
        url = self.content.get("service_account_impersonation_url")
        if url:
            flags.append(f"--service-account={url.rsplit('/', 1)[1].removesuffix(':generateAccessToken')}")
        lifetime = self.content.get("service_account_impersonation", {}).get("token_lifetime_seconds")
        if lifetime:
            flags.append(f"--service-account-token-lifetime-seconds={lifetime}")
        if "imdsv2_session_token_url" in self.content["credential_source"]:
            flags.append("--enable-imdsv2")
        return [f"gcloud iam workload-identity-pools create-cred-config {audience} {' '.join(flags)}"]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (it is the operator's own file)
        return []

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(json.dumps(self.content, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
