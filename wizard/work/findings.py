"""What the doctor finds: from a difference, from a refused step of the live test, from a file that is not valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from wizard.chain.hop import Outcome
from wizard.doctor import catalogue, layers
from wizard.doctor.rule import Layer, Rule, Severity
from wizard.engine.resource import Change, Resource
from wizard.federation.config_url import Problem
from wizard.language import _, translated
from wizard.modes.opened import Observation, Outcomes
from wizard.outside.text import json_text
from wizard.resources import held_text, state_words
from wizard.work import deleted_accounts, planning

FixKind = Literal["plan", "command", "sentence"]
"""plan: resources that the wizard changes after a review; command: one to run; sentence: what someone must do."""

_NOT_SET = "not set"
_DIFFERS = "{kind} {label}: {key} is {before}, but the setup specifies {after}"
_IS_MISSING = "{kind} {label} does not exist"
_IS_DELETED = "{kind} {label} has been deleted; wif-wizard apply can still undelete it"
_APPLY = "apply the plan: {changes}"
_NOT_SHOWN = "{step}: {reason}; {fix}"
_NOT_SHOWN_FOR = "{workload}: {step}: {reason}; {fix}"
_UNPROVEN_FOR = "{}: {}"
_REFUSED_AT = "the live test failed at the step {step}: {reason}"
_REFUSED_FOR = "{workload}: the live test failed at the step {step}: {reason}"


_SAYS_ALL = ("WIF0501", deleted_accounts.RECREATED)
"""Rules that say all: a refusal in their layers says less."""
_NO_PLAN = "WIF0004"
"""The rule about a resource that no plan can change, for any reason."""
_VAGUE = ("WIF0302", "WIF0403")
"""Rules about refusals that have several causes: a difference that was found says more."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, with its evidence and its fix."""

    rule: Rule
    layer: Layer
    severity: Severity
    workload: str
    """The title of the workload; empty if the setup has one workload."""
    cause: str
    evidence: tuple[str, ...]
    fix: str
    fix_kind: FixKind
    effects: tuple[str, ...] = ()
    """What is wrong only because of this, one sentence each."""
    changes: tuple[Change, ...] = ()
    """The changes that fix it, if the wizard can make them."""


# From observations


def of_observations(observed: Mapping[str, Iterable[Observation]]) -> list[Finding]:
    """Return a finding for each kind of observation about a workload, with all its evidence."""
    found = []
    for workload, each in observed.items():
        by_code: dict[tuple[str, str], list[Observation]] = {}
        for observation in each:
            by_code.setdefault((observation.code, observation.fix), []).append(observation)
        for (code, fix), same in by_code.items():
            rule = catalogue.all_rules()[code]
            evidence = tuple(dict.fromkeys(sentence for one in same for sentence in one.evidence))
            kind: FixKind = "command" if fix and _is_command(fix) else "sentence"
            found.append(
                Finding(
                    rule,
                    rule.layer,
                    same[0].severity or rule.severity,
                    workload,
                    translated(rule.title),
                    evidence,
                    fix or rule.fix,
                    kind,
                )
            )
    return found


def with_broken(findings: list[Finding], seen: Iterable[Finding]) -> list[Finding]:
    """Add what was seen to be broken, unless a finding with the same rule is there already."""
    known = {finding.rule.code for finding in findings}
    return [*findings, *(each for each in seen if each.severity == "broken" and each.rule.code not in known)]


# From differences


def of_changes(changes: Iterable[Change]) -> list[Finding]:
    """Return a finding for each pending change that is not only the effect of another one."""
    pending = {change.resource: change for change in changes if change.action != "none"}
    effects: dict[Resource, list[Change]] = {}
    for resource in pending:
        cause = _cause_of(resource, pending)
        if cause != resource:
            effects.setdefault(cause, []).append(pending[resource])
    followers = {change.resource for following in effects.values() for change in following}
    found = [
        _finding(change, effects.get(resource, [])) for resource, change in pending.items() if resource not in followers
    ]
    return deleted_accounts.explained(found, _finding)


def _cause_of(resource: Resource, pending: dict[Resource, Change]) -> Resource:
    """Return the missing resource because of which this one is missing too; itself if there is none."""
    for need in resource.needs:
        first = _cause_of(need, pending)
        if first in pending and (_is_missing(pending[first]) or _is_off(pending[first], resource)):
            return first
    return resource


def _is_missing(change: Change) -> bool:
    return change.action in ("create", "undelete") and _severity(change) == "broken"


def _is_off(change: Change, resource: Resource) -> bool:
    """Return whether a change turns on what a resource in the same layer needs, such as the pool of a cluster."""
    same_layer = layers.of_kind(change.resource.kind) == layers.of_kind(resource.kind)
    return change.action == "update" and same_layer and not any(field.before for field in change.fields)


def _severity(change: Change) -> Severity:
    """Return how severe a pending change is."""
    return _rule(change).severity


def _rule(change: Change) -> Rule:
    fields = change.fields if change.action == "update" else ()
    found = catalogue.rule_of_change(change.resource.kind, fields, change.action)
    return found or catalogue.all_rules()["WIF0001"]


def _finding(change: Change, effects: list[Change]) -> Finding:
    rule = _rule(change)
    evidence = tuple(_evidence(change))
    names = ", ".join(map(planning.title_of, (change, *effects)))
    return Finding(
        rule,
        layers.of_kind(change.resource.kind),
        rule.severity,
        "",
        translated(rule.title),
        evidence,
        _(_APPLY).format(changes=names),
        "plan",
        tuple(sentence for each in effects for sentence in _evidence(each)),
        (change, *effects),
    )


def of_refusal(resource: Resource, reason: str, rule: Rule | None = None, fix: str = "") -> Finding:
    """Return the finding about a resource that no plan can bring to what the setup wants.

    `rule` and `fix` are about just this reason, if they are known.
    """
    kind = resource.kind
    rule = rule or catalogue.rule_of_change(kind, (), "refused") or catalogue.all_rules()[_NO_PLAN]
    return Finding(
        rule, layers.of_kind(kind), "broken", "", translated(rule.title), (reason,), fix or rule.fix, "sentence"
    )


def _evidence(change: Change) -> list[str]:
    kind, label = translated(change.resource.kind), planning.label(change)
    if change.action == "create":
        return [_(_IS_MISSING).format(kind=kind, label=label)]
    if change.action == "undelete":
        return [_(_IS_DELETED).format(kind=kind, label=label)]
    return [
        _(_DIFFERS).format(
            kind=kind,
            label=label,
            key=translated(planning.key_label(change, each.key)),
            before=_shown(each.before),
            after=_shown(each.after),
        )
        for each in change.fields
    ]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(held_text.shown_member(json_text(each, _(_NOT_SET))) for each in value) or _("empty")
    return json_text(state_words.in_language(value), _(_NOT_SET))


def with_outcomes(findings: list[Finding], outcomes: Outcomes) -> list[Finding]:
    """Add what the live test refused: as evidence of a finding that explains it, else as a finding of its own."""
    for workload, ended in outcomes.items():
        failed = refused(ended)
        if failed is None or _is_about_operator(failed):
            continue
        layer = layers.of_hop(failed.hop.id)
        template = _(_REFUSED_FOR) if workload else _(_REFUSED_AT)
        seen = template.format(workload=workload, step=translated(failed.hop.title), reason=failed.reason)
        explaining = [each for each in findings if each.severity == "broken" and _explains(each, failed, layer)]
        if explaining:
            first = ordered(explaining)[0]
            place = findings.index(first)
            exact = _explained_by(first, failed.code, failed.reason)
            findings[place] = _with_evidence(exact, seen)
        else:
            findings.append(_of_outcome(workload, failed, layer))
    return findings


def of_endings(outcomes: Outcomes, changes: Iterable[Change]) -> list[Finding]:
    """Return a note if a workload has a role only for a time, as the live test or the resources show."""
    rule = catalogue.all_rules()["WIF0533"]
    tested = [ending.text for ended in outcomes.values() for each in ended for ending in each.endings]
    texts = tuple(dict.fromkeys([*tested, *(text for change in changes for text in planning.ends(change))]))
    title = translated(rule.title)
    return [Finding(rule, rule.layer, rule.severity, "", title, texts, rule.fix, "sentence")] if texts else []


def not_shown(outcomes: Outcomes) -> list[str]:
    """Return a sentence for each thing that a step did not show, because the operator cannot see it from here."""
    sentences = []
    for workload, ended in outcomes.items():
        failed = refused(ended)
        if failed and _is_about_operator(failed):
            template = _NOT_SHOWN_FOR if workload else _NOT_SHOWN
            values = {"step": translated(failed.hop.title), "reason": failed.reason, "fix": failed.fix}
            sentences.append(template.format(workload=workload, **values))
        elif failed:
            sentences += [_UNPROVEN_FOR.format(workload, each) if workload else each for each in failed.unproven]
    return sentences


def refused(ended: Iterable[Outcome]) -> Outcome | None:
    """Return the first step that was refused; None if there is none."""
    return next((each for each in ended if each.status == "failed" and not each.hop.predicts), None)


def _is_about_operator(failed: Outcome) -> bool:
    rule = catalogue.rule(failed.code)
    return rule is not None and rule.about_operator


def _explains(finding: Finding, failed: Outcome, layer: Layer) -> bool:
    """Return whether a broken thing is at the refused step, or before it along the chain."""
    if finding.rule.code == failed.code:
        return True
    return catalogue.LAYERS.index(finding.layer) <= catalogue.LAYERS.index(layer)


def _explained_by(finding: Finding, code: str, cause: str | None) -> Finding:
    """Return a finding with another rule and cause, if this rule is about the same layer: it saw more than a drift."""
    rule = catalogue.rule(code)
    if rule is None or rule.layer != finding.layer or rule.severity != finding.severity:
        return finding
    if not finding.changes and finding.rule.code != _NO_PLAN:  # what was seen is more exact than the refusal
        return finding
    if finding.changes and finding.changes[0].action != "update":  # what is missing is the exact cause
        return finding
    if finding.rule.code in _SAYS_ALL or code in _VAGUE:
        return finding
    return replace(finding, rule=rule, cause=cause or translated(rule.title))


def with_predicted(findings: list[Finding], predicted: Iterable[Outcome]) -> list[Finding]:
    """Give a broken thing the exact cause that is computed for its layer, where the live test could not run.

    A refusal that nothing explains is a finding of its own.
    """
    for outcome in predicted:
        layer = layers.of_hop(outcome.hop.id)
        broken = [finding for finding in findings if finding.severity == "broken"]
        if not any(_explains(finding, outcome, layer) for finding in broken):
            findings = [*findings, _of_outcome("", outcome, layer)]
        elif not any(finding.rule.code == outcome.code for finding in broken):
            findings = _explained_once(findings, outcome)
    return findings


def _explained_once(findings: list[Finding], outcome: Outcome) -> list[Finding]:
    """Return the findings, of which the first one that the rule of the outcome is about has this rule."""
    for place, finding in enumerate(findings):
        exact = _explained_by(finding, outcome.code, outcome.reason)
        if exact != finding:
            return [*findings[:place], exact, *findings[place + 1 :]]
    return findings


def with_invalid_file(findings: list[Finding], problems: Sequence[Problem]) -> list[Finding]:
    """Add the problem of a file: to the finding about the file, else as a finding of its own."""
    first, layer = problems[0], layers.of_kind("credential configuration")
    texts = tuple(str(problem) for problem in problems)
    for place, finding in enumerate(findings):
        if finding.layer == layer and finding.severity == "broken":
            exact = _explained_by(finding, first.code, first.what)
            findings[place] = replace(exact, evidence=(*exact.evidence, *texts))
            return findings
    rule = catalogue.rule(first.code) or catalogue.all_rules()["WIF0111"]
    is_other_file = first.code == "WIF0111" and first.where == "type"
    fix = first.fix if is_other_file and first.fix else rule.fix
    return [*findings, Finding(rule, layer, "broken", "", first.what, texts, fix, "sentence")]


def _with_evidence(finding: Finding, sentence: str) -> Finding:
    return replace(finding, evidence=(*finding.evidence, sentence))


def _of_outcome(workload: str, failed: Outcome, layer: Layer) -> Finding:
    rule = catalogue.rule(failed.code) or catalogue.all_rules()["WIF0002"]
    fix = failed.fix or rule.fix
    quoted = (f"{failed.refusal.code}: {failed.refusal.message}",) if failed.refusal else ()
    return Finding(
        rule,
        layer,
        "broken",
        workload,
        failed.reason or translated(rule.title),
        (*failed.evidence, *quoted),
        fix,
        "command" if _is_command(fix) else "sentence",
    )


def _is_command(fix: str) -> bool:
    command = fix.rpartition(": ")[2].split(" ", 1)[0]
    return command in ("gcloud", "aws", "kubectl", "wif-wizard")


_SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the cause first."""
    return tuple(
        sorted(findings, key=lambda each: (_SEVERITIES.index(each.severity), catalogue.LAYERS.index(each.layer)))
    )
