"""Runs the live test of a setup, or of a credential configuration without a setup."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from wizard.chain import printed, recorded
from wizard.chain.hop import Outcome, Verdict, verdict
from wizard.federation.file_kinds import kind_of
from wizard.language import _, translated
from wizard.modes import configurations, other_sources
from wizard.modes.mode import table
from wizard.modes.opened import Listener, Opened, OpenedConfiguration, Outcomes
from wizard.outside import files
from wizard.setup.problems import BadInput
from wizard.work import last_test

RECENT = 600.0
"""Seconds for which a grant counts as recent: the test retries refusals that a recent grant explains."""

_IN_WORKLOAD = ("inside", "task")


def test_setup(
    opened: Opened, place: str, listener: Listener, wait: float = RECENT, stop: threading.Event | None = None
) -> Outcomes:
    """Test all workloads of a setup in a place, such as "here". Returns their outcomes, by workload.

    `wait` is the time in seconds to wait for recent grants to take effect. If it passed in the workload itself, the
    last outcomes have notes on what follows. Raises what `Opened.test` raises.
    """
    outcomes = opened.test(place, wait, listener, stop or threading.Event())
    last_test.record(opened, place, outcomes, verdict_of(outcomes))
    if place not in _IN_WORKLOAD or not verdict_of(outcomes).passed:
        return outcomes
    afterwards = opened.afterwards()
    return {title: _with_notes(hops, afterwards.get(title, [])) for title, hops in outcomes.items()}


def _with_notes(hops: list[Outcome], notes: list[str]) -> list[Outcome]:
    *others, last = hops
    return [*others, replace(last, notes=(*last.notes, *notes))]


def open_configuration(path: Path, role: str = "", environ: Mapping[str, str] | None = None) -> OpenedConfiguration:
    """Read and check a credential configuration of any source. Raises BadInput with every problem of it.

    `role` is the name or the ARN of the role to test as, if the operator gave one.
    """
    return open_document(path, configurations.document_in(path), role, environ)


def open_document(
    path: Path, document: dict[str, Any], role: str = "", environ: Mapping[str, str] | None = None
) -> OpenedConfiguration:
    """Check a credential configuration that was read already. `path` is the name of its file. Raises BadInput."""
    clouds = configurations.clouds_for(path, document, os.environ if environ is None else environ)
    configurations.check(path, document, clouds)
    kind = kind_of(document)
    assert kind is not None  # of what passed the check
    for mode in table().values():
        if mode.configurations == kind.name:
            return mode.open_configuration(path, document, clouds, role)
    if role:
        raise BadInput(_(_NO_ROLE).format(path=path, title=translated(kind.title)))
    return other_sources.opened(path, document, clouds, kind)


def test_configuration(
    opened: OpenedConfiguration,
    place: str,
    listener: Listener,
    wait: float = RECENT,
    stop: threading.Event | None = None,
) -> Outcomes:
    """Test a credential configuration in a place. Returns the outcomes of its hops. Raises what `test_setup` raises."""
    return opened.test(place, wait, listener, stop or threading.Event())


def judge(opened: Opened | OpenedConfiguration, output: Path, listener: Listener, wait: float = RECENT) -> Outcomes:
    """Judge what a printed probe wrote in the workload, and return the outcomes. The path `-` is stdin.

    Raises BadInput if the file cannot be read, or is not the output of a probe for this workload, and CloudError.
    """
    return opened.judge(recorded.read(_text_of(output), _source_of(output)), wait, listener)


_NO_ROLE = "--role is valid only with a credential configuration for AWS, but {path} contains {title}: remove --role"
_NOT_READ = "--from-output: the wizard could not read {output}: {error}"
_LARGEST_OUTPUT = 16 * files.MEGABYTE


def _source_of(output: Path) -> str:
    return "stdin" if str(output) == "-" else str(output)


def _text_of(output: Path) -> str:
    """Return the text of a file or of stdin. Bytes that are not UTF-8 are replaced: the probe prints none."""
    try:
        if str(output) == "-":
            content = sys.stdin.buffer.read(_LARGEST_OUTPUT + 1)
        else:
            content = files.read_bytes(output, _LARGEST_OUTPUT)
    except OSError as error:
        raise BadInput(_(_NOT_READ).format(output=output, error=error.strerror)) from error
    if len(content) > _LARGEST_OUTPUT:
        raise BadInput(_("--from-output: the output on stdin is larger than 16 MB"))
    return content.decode("utf-8-sig", "replace")


def copied_probe(opened: Opened | OpenedConfiguration | None) -> str:
    """Return the probe as one Python file to copy to the workload. Without a setup, it tests what it finds there.

    Raises BadInput and CloudError.
    """
    return printed.printed(_ANYWHERE if opened is None else opened.probe_request())


_ANYWHERE = {"form": "aws", "header": {}, "network": {"hosts": []}}


def verdict_of(outcomes: Outcomes) -> Verdict:
    """Return the verdict of a test of several workloads: passed if each passed, with everything that was not proven.

    A sentence begins with the workload that it is about, if workloads have names.
    """
    verdicts = {workload: verdict(hops) for workload, hops in outcomes.items()}
    not_proven = [(workload, name) for workload, each in verdicts.items() for name in each.not_proven]
    notes = [(workload, note) for workload, each in verdicts.items() for note in each.notes]
    passed = all(each.passed for each in verdicts.values())
    nothing_proven = any(each.nothing_proven for each in verdicts.values())
    until = min((each.holds_until for each in verdicts.values() if each.holds_until), default=None)
    return Verdict(passed, _with_workloads(not_proven), _with_workloads(notes), nothing_proven, until)


def _with_workloads(sentences: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{workload}: {text}" if workload else text for workload, text in sentences)
