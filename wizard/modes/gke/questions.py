"""The questions about workloads on GKE: the cluster, and what each workload may do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.modes.gke import limits, rules
from wizard.setup import access_questions, checks, derived
from wizard.setup import rules as google_rules
from wizard.setup.question import AnswersSoFar, Choice, Found, Question

if TYPE_CHECKING:
    from wizard.modes.gke.chosen import ActsAs, Chosen


def _no_perimeter(_answers: AnswersSoFar) -> Found | None:
    return Found(False, "most companies have none")


def _direct_problem(answers: AnswersSoFar) -> str | None:
    """Why the workload cannot act by itself: a perimeter, or a chosen role that needs a service account."""
    return limits.service_account_reason(answers.roles(), answers.get("access.perimeter") is True)


def _via(answers: AnswersSoFar) -> Found | None:
    """As everywhere, unless it acts as somebody now: then it goes on doing so."""
    found, acts_as = access_questions.via(answers, _direct_problem), _acts_as(answers)
    if acts_as is None or (found and found.value != "direct"):
        return found
    if acts_as.exists is False:
        return Found("direct", f"its annotation names {acts_as.email}, which does not exist; it will be removed")
    unread = "" if acts_as.exists else " (whether that exists could not be read)"
    return Found("service-account", f"its annotation names {acts_as.email}{unread}, and its pods act as that now")


def _workload(answers: AnswersSoFar) -> Chosen | None:
    """The workload that these answers are about, if they are about one."""
    from wizard.modes.gke.workload_answers import WorkloadAnswers

    return answers.workload if isinstance(answers, WorkloadAnswers) else None


def _acts_as(answers: AnswersSoFar) -> ActsAs | None:
    workload = _workload(answers)
    return workload.acts_as if workload else None


def _service_account(answers: AnswersSoFar) -> Found | None:
    workload, acts_as = _workload(answers), _acts_as(answers)
    if acts_as and acts_as.exists is not False:
        return Found(acts_as.email, "its annotation names it")
    made = derived.service_account(workload.service_account, "gke") if workload else None
    return Found(made, "named after the Kubernetes service account") if made else None


_CLUSTER = (
    Question(
        "google.project",
        "gke-cluster",
        "In which Google Cloud project is the cluster?",
        "The project's id, such as acme-payments, not its number or its display name.",
        listing="projects",
        rule=checks.by(google_rules.project_id),
    ),
    Question(
        "gke.cluster",
        "gke-cluster",
        "In which cluster do your workloads run?",
        "Its name, as the Google Cloud console and gcloud show it.",
        listing="clusters",
        rule=checks.by(rules.cluster),
    ),
    Question(
        "gke.location",
        "gke-cluster",
        "Where is the cluster?",
        "Its region, such as asia-northeast1, or its zone.",
        rule=checks.by(rules.location),
    ),
    Question(
        "gke.node_pools",
        "gke-cluster",
        "Which node pools run your workloads?",
        "Only pods on a node pool that has been switched get an identity of their own. Switching recreates its nodes.",
        kind="several",
        needed=False,
        rule=checks.each_by(rules.node_pool),
    ),
)

_CHOICES = (
    Choice("direct", "By itself", "the roles go to the Kubernetes service account", recommended=True),
    Choice("service-account", "As a service account", "the roles go to a Google account that it acts as"),
)

_ACCESS = (
    replace(access_questions.ON, title="In which project is what this workload needs?"),
    access_questions.PRODUCT,
    replace(access_questions.ROLES, title="What may this workload do there?"),
    replace(access_questions.VIA, choices=_CHOICES, derive=_via, rule=access_questions.via_check(_direct_problem)),
    replace(
        access_questions.SERVICE_ACCOUNT, title="Which Google service account does it act as?", derive=_service_account
    ),
    Question(
        "access.perimeter",
        "gke-access",
        "Is there a VPC Service Controls perimeter between the pods and what they use?",
        "Perimeter rules cannot name pods on GKE, so a service account is used where there is one in between.",
        kind="flag",
        detail=True,
        needed=False,
        derive=_no_perimeter,
    ),
)

QUESTIONS = (*_CLUSTER, *(replace(each, page="gke-access") for each in _ACCESS))
"""Pages gke-cluster and gke-access; the latter's are asked for each workload."""
