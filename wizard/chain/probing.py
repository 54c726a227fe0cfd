"""The probe as a child process: its lines become outcomes and events."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.chain import child
from wizard.chain.hop import Hop, Outcome, Progress, parse_line
from wizard.chain.report import Report
from wizard.language import _

PROBE = Path(__file__).with_name("probe.py")
"""The file that takes the hops, wherever it runs."""

_TIMEOUT = 300.0  # seconds, in addition to the waiting for recent grants
_ALONE = ("-I",)  # isolated, so the standard library only


def run(
    request: Mapping[str, Any],
    environment: Mapping[str, str],
    hops: tuple[Hop, ...],
    report: Report,
    on_report: Callable[[Outcome | Progress], None],
    stop: threading.Event | None = None,
) -> None:
    """Let the probe take `hops`; `on_report` gets what it prints about each, and adds the outcomes to the report.

    If the probe ends early, the first hop without an outcome failed. Raises Stopped, and what `on_report` raises.
    """
    waiting = sum(window["limit"] - window["age"] for window in request["settle"].values())

    def on_line(line: str) -> None:
        if line.startswith("{"):  # a site's own start-up code may print
            on_report(parse_line(line, hops))

    ended = child.run(PROBE, json.dumps(request), environment, on_line, _TIMEOUT + waiting, _ALONE, stop)
    missing = report.missing(hops)
    if missing:
        reason = _("the probe ended unexpectedly (exit code {code}): {stderr}").format(
            code=ended.code, stderr=ended.stderr.strip()[-500:]
        )
        report.add(Outcome(missing[0], "failed", (reason,), reason))
        report.skip(hops, missing[0])
