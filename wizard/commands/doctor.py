"""`wif-wizard doctor`: find out why a workload gets no access, and fix it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from wizard.commands import exits, junit, report_file, review_text, test
from wizard.commands.apply import carry_out
from wizard.commands.output import Console
from wizard.doctor import catalogue, messages
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.modes.configurations import InvalidConfiguration
from wizard.modes.opened import Inventory, Opened
from wizard.setup.problems import BadInput
from wizard.work import (
    diagnosing,
    diagnosis_text,
    leftovers,
    report,
    setup_files,
    starting,
    surroundings,
    testing,
)
from wizard.work.diagnosing import Diagnosis
from wizard.work.findings import Finding
from wizard.work.surroundings import NoWay

_NO_SUCH_CODE = '"{code}" is not the code of a finding. A code consists of WIF and four digits, such as WIF0301'
_NOT_FOUND = "--fix {code}: the doctor did not find {code}, but found these codes: {codes}"
_NOT_A_SETUP = (
    "--fix needs a setup, but {given} is not a setup: add --save SETUP.yaml to write the setup that the doctor "
    "found, then run wif-wizard doctor SETUP.yaml --fix"
)
_BY_HAND = "The plan does not fix {code}. To fix the cause yourself: {fix}"
_REPORTS = (".html", ".md", ".json", ".junit", ".xml")
_NO_SUCH_REPORT = "--report {path}: the name must end in .html, .md, .json or .junit"
_REPORTED = "The report is in {path}. The report contains no secrets."
_TESTING = "The live test after the fix:"
_NOT_TESTED = "{declined} The doctor applied the fix. To test later, run: wif-wizard test {given}"
_ONLY_FIXED = "{declined} The doctor applied the fix."
_SAVED = "The setup that the doctor found is in {path}."
_NO_TERMINAL = (
    "the doctor has nothing to check: pass a setup file or a credential configuration, or add an error text with "
    "--error"
)
_QUESTION = "Type the name of a setup file or of a credential configuration, or paste the first line of the error: "


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if nothing is broken, or the fix was applied; 1 if not. Raises BadInput, Refused."""
    console = Console(options.json)
    if options.explain:
        return _explain(options.explain, console)
    if setup_files.are_several(options.given):
        return _of_several(options, console)
    options.given = next(iter(options.given), None)
    if options.report:
        _check_report(options.report)
    given = options.error if options.error is not None else options.given or _asked(console)
    if given == "-":
        given = sys.stdin.read()
    try:
        started = starting.error_text(given) if options.error is not None else starting.start(given, options.role)
    except InvalidConfiguration as error:
        _say(diagnosing.diagnosis_of_invalid(error), console)
        return exits.REFUSED
    except NoWay as error:
        _say(diagnosing.diagnosis_of_no_way(error), console)
        return exits.REFUSED
    if isinstance(started, Inventory):
        return _of_place(started, console)
    if isinstance(started, str):
        return _of_text(started, console)
    return _of_opened(options, started, console)


def _of_several(options: argparse.Namespace, console: Console) -> int:
    from wizard.commands import several_doctor

    try:
        surroundings.check(os.environ)
    except NoWay as error:
        _say(diagnosing.diagnosis_of_no_way(error), console)
        return exits.REFUSED
    return several_doctor.run(options, console)


def _asked(console: Console) -> str:
    if not sys.stdin.isatty():
        raise BadInput(_(_NO_TERMINAL))
    answer = console.ask(_(_QUESTION)).strip()
    if not answer:
        raise BadInput(_(_NO_TERMINAL))
    return answer


def _explain(code: str, console: Console) -> int:
    rule = catalogue.rule(code)
    if rule is None:
        raise BadInput(_(_NO_SUCH_CODE).format(code=code))
    if console.as_json:
        from wizard.commands import formats_doctor

        console.answer(formats_doctor.Explanation(explanation=formats_doctor.Rule.of(rule)))
    console.say(*diagnosis_text.page(rule))
    return exits.DONE


def _of_place(found: Inventory, console: Console) -> int:
    if console.as_json:
        from wizard.commands import formats_doctor

        console.answer(formats_doctor.Inventory.of(found))
    console.say(*diagnosis_text.inventory(found))
    return exits.DONE


def _of_text(text: str, console: Console) -> int:
    found = messages.recognise(text)
    if console.as_json:
        from wizard.commands import formats_doctor

        console.answer(formats_doctor.Recognised(recognised=[formats_doctor.RecognisedRule.of(each) for each in found]))
    console.say(*diagnosis_text.recognised(found))
    return exits.DONE if found else exits.REFUSED


def _of_opened(options: argparse.Namespace, started: starting.Started, console: Console) -> int:
    if options.save:
        starting.save(started, options.save)
        console.say(_(_SAVED).format(path=options.save))
    console.say(*leftovers.report(started.opened, started.half))
    diagnosis = diagnosing.of(started, lambda sentence: console.say(f"…  {sentence}"))
    _say(diagnosis, console)
    if options.report:
        _write_report(options, started, diagnosis)
        console.say("", _(_REPORTED).format(path=options.report))
    if options.fix is None:
        return exits.REFUSED if diagnosis.broken else exits.DONE
    if not isinstance(started.opened, Opened):
        raise BadInput(_(_NOT_A_SETUP).format(given=started.given))
    return _fix(options, started.opened, diagnosis, console)


def _check_report(path: Path) -> None:
    if path.suffix not in _REPORTS:
        raise BadInput(_(_NO_SUCH_REPORT).format(path=path))
    report_file.check_path(path, "--report")


def _write_report(options: argparse.Namespace, started: starting.Started, diagnosis: Diagnosis) -> None:
    text = _report_text(options.report.suffix, started, diagnosis)
    if options.anonymise:
        text = report.anonymised(text, started)
    report_file.write(options.report, text, "--report")


def _report_text(suffix: str, started: starting.Started, diagnosis: Diagnosis) -> str:
    if suffix == ".html":
        return report.as_html(started, diagnosis)
    if suffix == ".md":
        return report.markdown(started, diagnosis)
    if suffix == ".json":
        from wizard.commands import formats_doctor

        return json.dumps(asdict(formats_doctor.Diagnosis.of(diagnosis)), indent=2) + "\n"
    return junit.text_of_findings(diagnosis)


def _say(diagnosis: Diagnosis, console: Console) -> None:
    if console.as_json:
        from wizard.commands import formats_doctor

        console.answer(formats_doctor.Diagnosis.of(diagnosis))
    console.say(*diagnosis_text.as_text(diagnosis))


def _fix(options: argparse.Namespace, opened: Opened, diagnosis: Diagnosis, console: Console) -> int:
    """Apply the plan that fixes what is broken, or the findings whose codes the operator named."""
    wanted = _wanted(options.fix, diagnosis.findings) if options.fix else diagnosis.broken
    by_plan = [finding for finding in wanted if finding.changes]
    for finding in wanted:
        if not finding.changes:
            console.say(_(_BY_HAND).format(code=finding.rule.code, fix=finding.fix))
    if not by_plan:
        return exits.REFUSED if wanted else exits.DONE
    review = diagnosing.review_of_fix(opened, by_plan)
    console.say("", *review_text.as_text(opened, review))
    if review.plan.empty:
        return exits.REFUSED
    code = carry_out(opened, review, console, consent=options.yes, accept_loss=options.accept_loss)
    if code != exits.DONE:
        return code
    console.say("", _(_TESTING))
    try:
        outcomes = test.of_setup(opened, diagnosing.place_of(opened), testing.RECENT, console, options.yes)
    except test.Declined as declined:
        raise Refused(_not_tested(declined, options.given)) from declined
    verdict = testing.verdict_of(outcomes)
    test.report(verdict, console)
    return exits.DONE if verdict.passed and len(by_plan) == len(wanted) else exits.REFUSED


def _not_tested(declined: test.Declined, given: str | None) -> str:
    """Return what a person reads who declined the live test after the fix. `given` can be the name of a workload."""
    if given is None or not Path(given).is_file():
        return _(_ONLY_FIXED).format(declined=declined.needed.declined)
    return _(_NOT_TESTED).format(declined=declined.needed.declined, given=given)


def _wanted(codes: Iterable[str], findings: Iterable[Finding]) -> list[Finding]:
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.rule.code, []).append(finding)
    wanted = []
    for code in codes:
        if code.upper() not in by_code:
            raise BadInput(_(_NOT_FOUND).format(code=code.upper(), codes=", ".join(by_code) or _("nothing")))
        wanted.extend(by_code[code.upper()])
    return wanted
