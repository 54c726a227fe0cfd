"""The probe as a child process: its lines become outcomes and events."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.chain import child
from wizard.chain.hop import Hop, Outcome, Progress, parse_line
from wizard.chain.report import Report

PROBE = Path(__file__).with_name("probe.py")
"""The one file that walks hops, wherever it runs."""

_TIMEOUT = 300.0  # seconds, beside the waiting for young grants
_ALONE = ("-I",)  # nothing but the standard library


def walk(
    request: Mapping[str, Any],
    environment: Mapping[str, str],
    hops: tuple[Hop, ...],
    report: Report,
    on_said: Callable[[Outcome | Progress], None],
    stop: threading.Event | None = None,
) -> None:
    """Let the probe walk `hops`; `on_said` gets what it says of each, and is to put the outcomes into the report.

    Where the probe breaks off, the first hop that it did not tell has failed. Raises Stopped, and what `on_said` does.
    """
    waiting = sum(each["limit"] - each["age"] for each in request["settle"].values())

    def on_line(line: str) -> None:
        if line.startswith("{"):  # a site's own start-up code may print
            on_said(parse_line(line))

    ended = child.run(PROBE, json.dumps(request), environment, on_line, _TIMEOUT + waiting, _ALONE, stop)
    missing = report.missing(hops)
    if missing:
        reason = f"the probe broke off (exit code {ended.code}): {ended.stderr.strip()[-500:]}"
        report.add(Outcome(missing[0], "failed", (reason,), reason))
        report.skip(hops, missing[0])
