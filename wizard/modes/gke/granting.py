"""Sentences about the grants to a workload on GKE, and about its annotation."""

from __future__ import annotations

from wizard.federation import annotation
from wizard.language import _
from wizard.modes.gke import limits
from wizard.modes.gke.workload_answers import WorkloadAnswers
from wizard.setup import granting
from wizard.setup.granting import Remark
from wizard.setup.service_accounts import email_of


def holder(answers: WorkloadAnswers) -> str:
    """Return who gets the roles, as the subject of a sentence."""
    return _("Kubernetes service account {title}").format(title=answers.workload.title)


def remarks(answers: WorkloadAnswers) -> list[Remark]:
    """Return remarks about the grants, and about an annotation that will change."""
    return [*granting.remarks(answers, limits.LIMITS), *_annotation(answers)]


def _annotation(answers: WorkloadAnswers) -> list[Remark]:
    acts_as = answers.workload.acts_as
    named = answers.text("access.service_account") if answers.get("access.via") == "service-account" else ""
    wanted = email_of(named, answers.text("google.project")) if named else ""
    if acts_as is None or acts_as.email == wanted:
        return []
    now = annotation.shown(acts_as.email)
    if wanted:
        return [
            Remark(
                _(
                    "The annotation of this Kubernetes service account names {now}. The wizard will "
                    "change the annotation to {wanted}."
                ).format(now=now, wanted=wanted),
                warn=True,
            )
        ]
    return [
        Remark(
            _(
                "The annotation of this Kubernetes service account names {now}. The wizard will remove the annotation."
            ).format(now=now),
            warn=True,
        )
    ]
