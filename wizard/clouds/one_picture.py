"""Sessions for whoever only reads: each fact is read once, for good, so that all conclusions are from one picture."""

from __future__ import annotations

import copy
import json
from functools import cached_property
from typing import Any

from wizard.clouds.aws import Aws, Timeouts
from wizard.clouds.reading import ReadingClouds
from wizard.clouds.session import Clouds
from wizard.clouds.shared_reads import ReadsForGood, SharedReads

_READS = ("describe_", "get_", "list_")
"""The beginning of the name of an operation of AWS that reads."""


class OnePicture(ReadingClouds):
    """The sessions of `clouds` for a program that writes nothing. AWS's answers are shared too."""

    def __init__(self, clouds: Clouds) -> None:
        super().__init__(clouds, ReadsForGood())

    @cached_property
    def aws(self) -> Any:
        return ReadingAws(self._clouds.aws, self._reads)


class ReadingAws(Aws):
    """Shares the answers to the reads of `aws`."""

    def __init__(self, aws: Aws, reads: SharedReads) -> None:
        self._aws, self._reads = aws, reads

    def client(self, service: str, timeouts: Timeouts | None = None) -> Any:
        return self._aws.client(service, timeouts) if timeouts else self._aws.client(service)

    def signed_caller(self, *arguments: Any, **more: Any) -> Any:
        return self._aws.signed_caller(*arguments, **more)

    def _call(self, timeouts: Timeouts, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        def call() -> dict[str, Any]:
            return self._aws._call(timeouts, service, operation, arguments)

        if not operation.startswith(_READS):
            return call()
        key = ("aws", service, operation, json.dumps(arguments, sort_keys=True, default=str))
        # A caller can change its answer, as AWS's own clients allow.
        return copy.deepcopy(self._reads.once(key, call))
