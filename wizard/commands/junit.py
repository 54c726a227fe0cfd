"""The outcomes of a live test as JUnit XML, for CI servers: one test case for each step of each workload."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence

from wizard.chain.hop import Outcome
from wizard.modes.opened import Outcomes
from wizard.work.diagnosing import Diagnosis

_NAME = "wif-wizard test"
_DOCTOR = "wif-wizard doctor"
_NOT_RUN = "the live test did not run"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(outcomes: Outcomes) -> str:
    """Return the report."""
    return _text(_document(outcomes))


def text_of_setups(tested: Iterable[tuple[str, Outcomes | Exception]]) -> str:
    """Return a report on several setups, given as file and outcomes, or why the test did not run.

    It has one suite for each setup.
    """
    root = ElementTree.Element("testsuites", name=_NAME)
    for file, outcomes in tested:
        suite = ElementTree.SubElement(root, "testsuite", name=_clean(file))
        if isinstance(outcomes, Exception):
            _add_error(suite, outcomes)
            continue
        suite.attrib.update(_counts([each for hops in outcomes.values() for each in hops]))
        for workload, hops in outcomes.items():
            suite.extend(_case(workload or file, outcome) for outcome in hops)
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    return _text(root)


def _add_error(suite: ElementTree.Element, error: Exception) -> None:
    suite.attrib.update({"tests": "1", "failures": "0", "errors": "1", "skipped": "0", "time": "0.000"})
    case = ElementTree.SubElement(suite, "testcase", name=_NOT_RUN, classname=suite.get("name", ""), time="0.000")
    ElementTree.SubElement(case, "error", message=_clean(str(error)), type=type(error).__name__)


def text_of_findings(diagnosis: Diagnosis) -> str:
    """Return what the doctor found as a report: one failed case for each broken thing, one skipped for each unknown."""
    suite = ElementTree.Element("testsuite", name=_DOCTOR)
    for finding in diagnosis.findings:
        case = ElementTree.SubElement(suite, "testcase", name=f"{finding.rule.code} {finding.rule.name}")
        case.set("classname", _clean(finding.workload or _DOCTOR))
        if finding.severity == "broken":
            failure = ElementTree.SubElement(case, "failure", message=_clean(finding.cause), type=finding.rule.code)
            failure.text = _clean("\n".join([*finding.evidence, *finding.effects, finding.fix]))
        else:
            ElementTree.SubElement(case, "system-out").text = _clean("\n".join([finding.cause, *finding.evidence]))
    for sentence in diagnosis.unknown:
        case = ElementTree.SubElement(suite, "testcase", name="not checked", classname=_DOCTOR)
        ElementTree.SubElement(case, "skipped", message=_clean(sentence))
    for sentence in diagnosis.ruled_out:
        ElementTree.SubElement(suite, "testcase", name=_clean(sentence), classname=_DOCTOR)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(diagnosis.broken)))
    suite.set("errors", "0")
    suite.set("skipped", str(len(diagnosis.unknown)))
    return _text(suite)


def _document(outcomes: Outcomes) -> ElementTree.Element:
    root = ElementTree.Element("testsuites", _counts([each for hops in outcomes.values() for each in hops]))
    root.set("name", _NAME)
    for workload, hops in outcomes.items():
        suite = ElementTree.SubElement(root, "testsuite", _counts(hops))
        suite.set("name", _clean(workload or _NAME))
        suite.extend(_case(workload, outcome) for outcome in hops)
    return root


def _text(root: ElementTree.Element) -> str:
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written.decode()


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
