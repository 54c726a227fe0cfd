"""The JSON that the doctor answers with --json. See `formats`."""

from __future__ import annotations

from dataclasses import dataclass, fields

from wizard.commands.formats import Answer, Described
from wizard.doctor import messages, rule
from wizard.modes import opened
from wizard.work import diagnosing, findings


@dataclass(frozen=True, kw_only=True)
class Rule(Described):
    """One thing that can be wrong."""

    code: str
    """WIF and four digits. A code is never used for anything else."""
    name: str
    layer: rule.Layer
    """Where along the credential chain it is."""
    severity: rule.Severity
    """broken: the workload gets no access; risk: others could get access; note: worth knowing."""
    title: str
    text: str
    """The help page."""

    @classmethod
    def of(cls, known: rule.Rule) -> Rule:
        """The rule as JSON."""
        return cls(
            code=known.code,
            name=known.name,
            layer=known.layer,
            severity=known.severity,
            title=known.title,
            text=known.text,
        )


@dataclass(frozen=True, kw_only=True)
class Explanation(Answer):
    """What `doctor --explain` answers."""

    explanation: Rule


@dataclass(frozen=True, kw_only=True)
class RecognisedRule(Described):
    """A rule that explains an error text."""

    code: str
    title: str
    side: rule.Side
    """Who wrote the text."""
    hop: str
    """The step of the live test at which the text appears."""
    quoted: str
    """The words of the text that were recognised."""
    facts: dict[str, str]
    """What these words tell, such as the name of a file or of a role."""
    fix: str
    look_at: str
    ask: str
    """What to pass to the doctor next."""

    @classmethod
    def of(cls, found: messages.Recognised) -> RecognisedRule:
        """What was recognised, as JSON."""
        return cls(
            code=found.rule.code,
            title=found.rule.title,
            side=found.message.side,
            hop=found.message.hop,
            quoted=found.quoted,
            facts=found.facts,
            fix=found.rule.fix,
            look_at=found.rule.look_at,
            ask=found.rule.ask,
        )


@dataclass(frozen=True, kw_only=True)
class Recognised(Answer):
    """What `doctor --error` answers: the cause first; empty if nothing was recognised."""

    recognised: list[RecognisedRule]


@dataclass(frozen=True, kw_only=True)
class Finding(Described):
    """One thing that is wrong."""

    code: str
    """The code of the rule, for `wif-wizard doctor --explain`."""
    layer: rule.Layer
    severity: rule.Severity
    workload: str
    """The name of the workload; empty if there is only one."""
    cause: str
    evidence: list[str]
    effects: list[str]
    """What is wrong only because of this."""
    fix: str
    fix_kind: findings.FixKind
    """plan: the wizard fixes it with `doctor --fix`; command: one command; sentence: someone must do it."""

    @classmethod
    def of(cls, found: findings.Finding) -> Finding:
        """The finding as JSON."""
        return cls(
            code=found.rule.code,
            layer=found.layer,
            severity=found.severity,
            workload=found.workload,
            cause=found.cause,
            evidence=list(found.evidence),
            effects=list(found.effects),
            fix=found.fix,
            fix_kind=found.fix_kind,
        )


@dataclass(frozen=True, kw_only=True)
class Diagnosis(Answer):
    """What `doctor` answers about a setup or a credential configuration."""

    broken: bool
    """Whether anything is known to be broken."""
    findings: list[Finding]
    """The cause first: what is broken in the order of the credential chain, then risks, then notes."""
    ruled_out: list[str]
    """What was checked and is right."""
    unknown: list[str]
    """What could not be checked."""
    assumed: list[str]
    """What the doctor took for granted."""

    @classmethod
    def of(cls, diagnosis: diagnosing.Diagnosis) -> Diagnosis:
        """The diagnosis as JSON."""
        return cls(
            broken=bool(diagnosis.broken),
            findings=[Finding.of(each) for each in diagnosis.findings],
            ruled_out=list(diagnosis.ruled_out),
            unknown=list(diagnosis.unknown),
            assumed=list(diagnosis.assumed),
        )


@dataclass(frozen=True, kw_only=True)
class InventoryRow(Described):
    """How one workload reaches Google Cloud today."""

    workload: str
    identity: str
    """Its Kubernetes service account or its AWS role; - if it has none."""
    way: str
    """key, node, service account, direct, or none."""
    detail: str
    next_step: str
    key: str
    """The name for `wif-wizard wizard PLACE --workloads`."""


@dataclass(frozen=True, kw_only=True)
class Inventory(Answer):
    """What `doctor` answers about a cluster, or an AWS account in a region."""

    about: str
    rows: list[InventoryRow]
    unknown: list[str]
    """What could not be read."""

    @classmethod
    def of(cls, found: opened.Inventory) -> Inventory:
        """The inventory as JSON."""
        shown = [field.name for field in fields(InventoryRow)]
        rows = [InventoryRow(**{name: getattr(row, name) for name in shown}) for row in found.rows]
        return cls(about=found.about, rows=rows, unknown=list(found.unknown))
