"""Breaks a world by a fault, and looks at what is said about it and whether it can be fixed."""

from dataclasses import dataclass, field

from tests.doctor_matrix.sandboxes import Answer, Json, Place, place_for, run
from wizard.work import faults
from wizard.work.faults import Fault

HAS_DOCTOR = False


@dataclass
class Result:
    """One row of the matrix."""

    name: str
    fault: Fault
    found: list[str] = field(default_factory=list)
    """What is named as a cause: the code of a finding, or the step that failed where it has no code."""
    fixed: str = ""
    """What became of the fix: empty if none was tried."""
    wrong: list[str] = field(default_factory=list)
    """What is not as it should be, one sentence each."""


def result_of(name: str) -> Result:
    """Return the row of one fault."""
    result = Result(name, faults.load(name))
    try:
        with place_for(result.fault) as place:
            _walk(place, result)
    except Exception as error:  # noqa: BLE001 (a row that crashes is a row, and the others go on)
        result.wrong.append(f"{type(error).__name__}: {error}")
    return result


def _walk(place: Place, result: Result) -> None:
    fault = result.fault
    place.take(fault.prepare)
    applied = run("apply", place.setup, "--yes", "--accept-loss")
    if applied.code != 0:
        result.wrong.append(f"The setup cannot be applied: {applied.last_line}")
        return
    place.take(fault.steps)
    _look(place, result)
    if fault.fixable != "plan":
        return
    answer = run("apply", place.setup, "--yes", "--accept-loss")
    result.fixed = "no"
    if answer.code != 0:
        result.wrong.append(f"The fix is refused: {answer.last_line}")
        return
    after = _test(place)
    failed = _failed(after)
    if failed or after.code != 0:
        result.wrong.append(f"The live test fails after the fix: {failed or after.last_line}")
        return
    result.fixed = "yes"


def _look(place: Place, result: Result) -> None:
    """Look at what the live test says of the broken world."""
    fault, answer = result.fault, _test(place)
    failed = _failed(answer)
    codes = [str(hop.get("code") or hop["hop"]) for hop in failed]
    result.found = codes
    if fault.hop and fault.hop not in [hop["hop"] for hop in failed]:
        steps = ", ".join(str(hop["hop"]) for hop in failed) or answer.last_line
        result.wrong.append(f"The live test fails at {steps}, not at {fault.hop}.")
    if fault.code and fault.code not in codes:
        result.wrong.append(f"The live test does not name {fault.code}: {_reasons(failed)}")


def _test(place: Place) -> Answer:
    return run("test", place.setup, "--yes", "--json", "--wait", "0")


def _failed(answer: Answer) -> list[Json]:
    """Return the steps that failed, of all workloads. A predicted step is left out: a later one proves it."""
    workloads = answer.json.get("workloads") or {"": answer.json.get("hops", [])}
    hops = [hop for steps in workloads.values() for hop in steps]
    return [hop for hop in hops if hop["status"] == "failed" and hop["hop"] != "principal"]


def _reasons(failed: list[Json]) -> str:
    return "; ".join(f"{hop['hop']} ({hop.get('code', '')}): {hop['reason']}" for hop in failed)
