"""Breaks a world by a fault, and looks at what is said about it and whether it can be fixed."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.doctor_matrix.sandboxes import Answer, Json, Place, place_for, run
from wizard.commands import exits
from wizard.work import breaking, faults
from wizard.work.faults import Fault

AUDIT_LOG = "/v2/entries:list"
"""The path of the call that reads the audit log."""

_HAS_NO_RULE = ("WIF0001", "WIF0002")
"""The codes of what the doctor sees without a rule that explains it."""

_IN_CONFIGURATION = {
    "impersonation-not-wanted": "WIF0401",
    "impersonation-of-a-missing-account": "WIF0405",
    "impersonation-of-another-account": "WIF0401",
}
"""The codes of faults that are differences from a setup, where there is no setup."""

_NO_TEST = {exits.USAGE: "config"}
"""The step that a live test that did not begin stands for: it refuses a credential configuration that is not valid."""


@dataclass
class Result:
    """One row of the matrix."""

    name: str
    fault: Fault
    found: list[str] = field(default_factory=list)
    """The codes of everything that the doctor calls broken, the cause first."""
    hop: str = ""
    """The step at which the live test fails."""
    fixed: str = ""
    """What became of the fix: empty if the fault has no plan."""
    code: str = ""
    """The code of the finding, if it is another one than the fault says."""
    wrong: list[str] = field(default_factory=list)
    """What is not as it should be, one sentence each."""

    @property
    def wanted(self) -> str:
        """The code of the finding that the doctor must make; empty if the fault has no rule."""
        return self.code or self.fault.code

    @property
    def explained(self) -> bool:
        """Whether a rule names the cause."""
        return bool(self.found) and self.found[0] not in _HAS_NO_RULE


def result_of(name: str) -> Result:
    """Return the row of one fault, from the setup."""
    return _row(name, faults.load(name), _walk)


def result_of_configuration(name: str) -> Result:
    """Return the row of one fault, from the credential configuration alone, without the setup."""
    return _row(name, faults.load(name), _walk_from_configuration)


def result_of_two(name: str) -> Result:
    """Return the row of two faults at once, "first+second", of which the first is earlier along the chain."""
    first, second = map(faults.load, name.split("+"))
    return _row(name, first, lambda place, result: _walk_with_two(place, result, second))


def result_of_healthy(path: str) -> Result:
    """Return the row of a healthy world: nothing in it is broken, and the live test passes."""
    return _row(Path(path).stem, faults.load(path), _walk_healthy)


def result_of_healthy_configuration(path: str) -> Result:
    """Return the row of a healthy world, from the credential configuration alone: nothing in it is broken."""
    return _row(Path(path).stem, faults.load(path), _walk_healthy_configuration)


def _row(name: str, fault: Fault, walk: Callable[[Place, Result], None]) -> Result:
    result = Result(name, fault)
    try:
        with place_for(fault) as place:
            place.take(fault.prepare)
            if _apply(place, result):
                place.take(fault.steps)
                breaking.set_variables(fault.environment, os.environ)
                walk(place, result)
    except Exception as error:  # noqa: BLE001 (a row that crashes is a row, and the others go on)
        result.wrong.append(f"{type(error).__name__}: {error}")
    return result


def _walk(place: Place, result: Result) -> None:
    _test_broken(place, result)
    _expect_one_cause(_diagnose(place, result, place.setup), result)
    if result.fault.fixable == "plan":
        _fix(place, result)


def _walk_from_configuration(place: Place, result: Result) -> None:
    result.code = _IN_CONFIGURATION.get(result.name, "")
    broken = _diagnose(place, result, place.configuration)
    if result.wanted and result.wanted not in result.found[:1]:
        result.wrong.append(f"The doctor does not name {result.wanted}: {_all_seen(broken)}")


def _walk_healthy_configuration(place: Place, result: Result) -> None:
    answer = run("doctor", place.configuration, "--json")
    if "findings" not in answer.json:
        result.wrong.append(f"The doctor says nothing: {answer.last_line}")
    broken = _broken(answer)
    result.found = [finding["code"] for finding in broken]
    result.wrong += [f"The doctor calls this broken: {_seen(finding)}" for finding in broken]


def _walk_with_two(place: Place, result: Result, second: Fault) -> None:
    place.take(second.steps)
    broken = _diagnose(place, result, place.setup)
    wanted = [result.fault.code, second.code]
    if len(broken) != len(wanted) or (all(wanted) and result.found != wanted):
        result.wrong.append(f"The doctor does not name both, {' and '.join(wanted)}: {_all_seen(broken)}")
    _fix(place, result)


def _walk_healthy(place: Place, result: Result) -> None:
    broken = _broken(run("doctor", place.setup, "--json"))
    if any(request.get("path") == AUDIT_LOG for request in place.requests()):
        result.wrong.append("The doctor reads the audit log although nothing is refused")
    result.found = [finding["code"] for finding in broken]
    result.wrong += [f"The doctor calls this broken: {_seen(finding)}" for finding in broken]
    _expect_passed(place, result, "")


def _apply(place: Place, result: Result) -> bool:
    if not result.fault.applied:
        return True
    answer = run("apply", place.setup, "--yes", "--accept-loss")
    if answer.code != 0:
        result.wrong.append(f"The setup cannot be applied: {answer.last_line}")
    return answer.code == 0


def _test_broken(place: Place, result: Result) -> None:
    answer = _test(place)
    failed = _failed(answer)
    result.hop = str(failed[0]["hop"]) if failed else _NO_TEST.get(answer.code, "")
    if result.hop != result.fault.hop:
        seen = "; ".join(f"{hop['hop']}: {hop['reason']}" for hop in failed) or answer.last_line
        result.wrong.append(f"The live test does not fail at {result.fault.hop or 'no step'}: {seen}")


def _diagnose(place: Place, result: Result, given: str) -> list[Json]:
    """Return what the doctor calls broken, starting from a file. It must find something, and write nothing."""
    before = len(place.writes())
    answer = run("doctor", given, "--json")
    written = [f"{call['service']} {call.get('action') or call.get('path')}" for call in place.writes()[before:]]
    if written:
        result.wrong.append(f"The doctor wrote: {', '.join(written)}")
    broken = _broken(answer)
    result.found = [finding["code"] for finding in broken]
    if not broken:
        result.wrong.append(f"The doctor finds nothing broken: {answer.last_line}")
    return broken


def _expect_one_cause(broken: list[Json], result: Result) -> None:
    if not broken:
        return
    fault, (cause, *others) = result.fault, broken
    result.wrong += [f"The doctor also calls this broken: {_seen(other)}" for other in others]
    if fault.code and cause["code"] != fault.code:
        result.wrong.append(f"The doctor does not name {fault.code}: {_seen(cause)}")
    if cause["fix_kind"] != fault.fixable:
        result.wrong.append(f"The fix is a {cause['fix_kind']}, not a {fault.fixable}: {cause['fix']}")


def _fix(place: Place, result: Result) -> None:
    result.fixed = "no"
    answer = run("doctor", place.setup, "--fix", "--yes", "--accept-loss")
    if answer.code != 0:
        result.wrong.append(f"The fix ends with exit code {answer.code}: {answer.last_line}")
    if _expect_passed(place, result, " after the fix"):
        result.fixed = "yes"


def _expect_passed(place: Place, result: Result, when: str) -> bool:
    answer = _test(place)
    if answer.code != 0:
        seen = "; ".join(f"{hop['hop']}: {hop['reason']}" for hop in _failed(answer)) or answer.last_line
        result.wrong.append(f"The live test does not pass{when}: {seen}")
    return answer.code == 0


def _broken(answer: Answer) -> list[Json]:
    return [finding for finding in answer.json.get("findings", []) if finding["severity"] == "broken"]


def _seen(finding: Json) -> str:
    return " | ".join([f"{finding['code']} {finding['cause']}", *finding["evidence"]])


def _all_seen(broken: list[Json]) -> str:
    return "; ".join(map(_seen, broken)) or "nothing"


def _test(place: Place) -> Answer:
    return run("test", place.setup, "--yes", "--json", "--wait", "0")


def _failed(answer: Answer) -> list[Json]:
    """Return the steps that failed, of all workloads. A predicted step is left out: a later one proves it."""
    workloads = answer.json.get("workloads") or {"": answer.json.get("hops", [])}
    hops = [hop for steps in workloads.values() for hop in steps]
    return [hop for hop in hops if hop["status"] == "failed" and hop["hop"] != "principal"]
