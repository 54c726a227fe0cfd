"""The outcomes of a live test as JUnit XML, for CI servers: one test case for each step of each workload."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from wizard.chain.hop import Outcome
from wizard.engine.resource import Refused
from wizard.modes.opened import Outcomes
from wizard.setup.problems import BadInput

_NAME = "wif-wizard test"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check_path(path: Path) -> None:
    """Raise BadInput if the report cannot be written there."""
    if not path.parent.is_dir():
        raise BadInput(f"--junit: the folder {path.parent} does not exist; create the folder, or name another file")
    if path.is_dir():
        raise BadInput(f"--junit: {path} is a folder; name a file")
    if not os.access(path.parent, os.W_OK):
        raise BadInput(f"--junit: you cannot write to the folder {path.parent}; name a file in another folder")


def write(path: Path, outcomes: Outcomes) -> None:
    """Write the report: the whole of it or, if that fails, nothing. Raises Refused."""
    text = ElementTree.tostring(_document(outcomes), encoding="utf-8", xml_declaration=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(text)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise Refused(f"--junit: {path} was not written: {error.strerror}") from error


def _document(outcomes: Outcomes) -> ElementTree.Element:
    root = ElementTree.Element("testsuites", _counts([each for hops in outcomes.values() for each in hops]))
    root.set("name", _NAME)
    for workload, hops in outcomes.items():
        suite = ElementTree.SubElement(root, "testsuite", _counts(hops))
        suite.set("name", _clean(workload or _NAME))
        suite.extend(_case(workload, outcome) for outcome in hops)
    return root


def _counts(outcomes: Sequence[Outcome]) -> dict[str, str]:
    statuses = [outcome.status for outcome in outcomes]
    seconds = sum(outcome.elapsed for outcome in outcomes)
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count("failed")),
        "errors": "0",
        "skipped": str(statuses.count("skipped") + statuses.count("not_proven")),
        "time": f"{seconds:.3f}",
    }


def _case(workload: str, outcome: Outcome) -> ElementTree.Element:
    case = ElementTree.Element("testcase", name=_clean(outcome.hop.title), classname=_clean(workload or _NAME))
    case.set("time", f"{outcome.elapsed:.3f}")
    reason = _clean(outcome.reason or "")
    if outcome.status == "failed":
        code = outcome.refusal.code if outcome.refusal else "failed"
        failure = ElementTree.SubElement(case, "failure", message=reason, type=_clean(code))
        failure.text = _clean("\n".join(filter(None, [outcome.fix, *outcome.evidence])))
    elif outcome.status == "not_proven":
        ElementTree.SubElement(case, "skipped", message=f"not proven: {reason}")
    elif outcome.status == "skipped":
        ElementTree.SubElement(case, "skipped", message=reason)
    else:
        ElementTree.SubElement(case, "system-out").text = _clean("\n".join(outcome.evidence))
    return case


def _clean(text: str) -> str:
    """Return the text with a replacement for each character that XML cannot have."""
    return _NOT_IN_XML.sub("\ufffd", text)
