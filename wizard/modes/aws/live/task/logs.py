"""The output of a one-off container, as CloudWatch Logs has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from wizard.clouds.errors import CloudError
from wizard.resources.trust_quota import AwsCalls

_NOT_YET = "ResourceNotFoundException"
"""The log stream appears shortly after the container has started."""


@dataclass
class LogReader:
    """Reads a log stream, and passes each line of the probe to `on_line` once it is complete.

    The log driver cuts lines that are longer than 16 KB; they are put together again.
    """

    aws: AwsCalls
    on_line: Callable[[str], None]
    count: int = 0
    """The number of lines that were passed on."""
    other: list[str] = field(default_factory=list)
    """The last lines that are not of the probe, such as those of an error."""
    _token: str | None = None
    _part: str = ""

    def read(self, stream: tuple[str, str]) -> bool:
        """Read what is new. Returns whether there was anything. Raises CloudError."""
        group, name = stream
        found = False
        while True:
            token = {"nextToken": self._token} if self._token else {}
            try:
                answer = self.aws.call(
                    "logs", "get_log_events", logGroupName=group, logStreamName=name, startFromHead=True, **token
                )
            except CloudError as error:
                if error.reason == _NOT_YET:
                    return found
                raise
            for event in answer["events"]:
                found = True
                self._take(str(event["message"]))
            last, self._token = self._token, answer["nextForwardToken"]
            if self._token == last or not answer["events"]:
                return found

    def _take(self, message: str) -> None:
        text = self._part + message
        if not text.startswith("{"):
            self.other = [*self.other[-9:], message]
            return
        try:
            json.loads(text)
        except ValueError:
            self._part = text
            return
        self._part = ""
        self.count += 1
        self.on_line(text)
