"""The questions about workloads on GKE: the cluster, and the access of each workload."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.clouds.controllers import KINDS
from wizard.federation import annotation
from wizard.language import _
from wizard.modes.gke import limits, rules
from wizard.modes.gke.chosen import DEFAULT
from wizard.setup import access_questions, checks, derived
from wizard.setup import rules as google_rules
from wizard.setup.question import AnswersSoFar, Choice, Found, Question

if TYPE_CHECKING:
    from wizard.clouds.controllers import Controller
    from wizard.modes.gke.chosen import ActsAs, Chosen


def _no_perimeter(_answers: AnswersSoFar) -> Found | None:
    return Found(False, _("most companies have no VPC Service Controls perimeter"))


def _direct_problem(answers: AnswersSoFar) -> str | None:
    """Return why the workload needs a service account: a perimeter, or a chosen role; None if it needs none."""
    return limits.service_account_reason(answers.roles(), answers.get("access.perimeter") is True)


def _via(answers: AnswersSoFar) -> Found | None:
    """Return the usual default, unless the workload is annotated with a service account: then it keeps that one."""
    default, acts_as = access_questions.via(answers, _direct_problem), _acts_as(answers)
    if acts_as is None or (default and default.value != "direct"):
        return default
    email = annotation.shown(acts_as.email)
    if acts_as.exists is False:
        return Found(
            "direct",
            _(
                "the workload's annotation names {email}, which does not exist; the wizard will remove the annotation"
            ).format(email=email),
        )
    if acts_as.exists:
        return Found(
            "service-account",
            _("the workload's annotation names {email}, and the pods act as that account now").format(email=email),
        )
    return Found(
        "service-account",
        _("the workload's annotation names {email} (the wizard could not check whether the account exists)").format(
            email=email
        ),
    )


def _workload(answers: AnswersSoFar) -> Chosen | None:
    """Return the workload that the answers are about; None if they are about all workloads."""
    from wizard.modes.gke.workload_answers import WorkloadAnswers

    return answers.workload if isinstance(answers, WorkloadAnswers) else None


def _acts_as(answers: AnswersSoFar) -> ActsAs | None:
    workload = _workload(answers)
    return workload.acts_as if workload else None


def _service_account(answers: AnswersSoFar) -> Found | None:
    workload, acts_as = _workload(answers), _acts_as(answers)
    if acts_as and acts_as.exists is not False:
        return Found(acts_as.email, _("from the workload's annotation"))
    account = derived.service_account(workload.service_account, "gke") if workload else None
    return Found(account, _("named after the Kubernetes service account")) if account else None


def _to_wire(answers: AnswersSoFar) -> list[Controller]:
    """Return the controllers of the workload that the wizard can change to its service account."""
    workload = _workload(answers)
    if workload is None or workload.was == workload.service_account:
        return []
    return [controller for controller in workload.controllers if KINDS[controller.kind].patchable]


def _can_wire(answers: AnswersSoFar) -> bool:
    return bool(_to_wire(answers))


def _wire(answers: AnswersSoFar) -> Found | None:
    workload, controllers = _workload(answers), _to_wire(answers)
    if workload is None or not controllers:
        return None
    names = ", ".join(controller.short for controller in controllers)
    return Found(
        True,
        _("the pods of {names} use the service account {account} now").format(
            names=names, account=workload.was or DEFAULT
        ),
    )


def _keep_keys(_answers: AnswersSoFar) -> Found | None:
    return Found(False, _("the wizard removes keys only on request"))


def _has_controllers(answers: AnswersSoFar) -> bool:
    workload = _workload(answers)
    return workload is not None and any(KINDS[controller.kind].patchable for controller in workload.controllers)


_CLUSTER = (
    Question(
        "google.project",
        "gke-cluster",
        "Which Google Cloud project is the cluster in?",
        "Enter the project ID, such as acme-payments, not the project number or the display name.",
        listing="projects",
        rule=checks.by(google_rules.project_id),
    ),
    Question(
        "gke.cluster",
        "gke-cluster",
        "Which cluster do your workloads run in?",
        "Enter the name that the Google Cloud console and gcloud show for the cluster.",
        listing="clusters",
        rule=checks.by(rules.cluster),
    ),
    Question(
        "gke.location",
        "gke-cluster",
        "Which location is the cluster in?",
        "Enter the region of the cluster, such as asia-northeast1, or the zone of the cluster.",
        rule=checks.by(rules.location),
    ),
    Question(
        "gke.node_pools",
        "gke-cluster",
        "Which node pools run your workloads?",
        "Pods get their own identities only on node pools with GKE_METADATA. To change a node pool, GKE recreates its "
        "nodes.",
        kind="several",
        needed=False,
        rule=checks.each_by(rules.node_pool),
    ),
)

_CHOICES = (
    Choice("direct", "Directly", "the wizard grants the roles to the Kubernetes service account", recommended=True),
    Choice(
        "service-account",
        "Through a service account",
        "the workload acts as a Google service account that gets the roles",
    ),
)

_ACCESS = (
    replace(access_questions.REPLACES, title="Which service account does this workload's key belong to?"),
    replace(access_questions.ON, title="Which project has the resources that this workload uses?"),
    access_questions.RESOURCE,
    access_questions.PRODUCT,
    replace(access_questions.ROLES, title="Which roles does this workload need in the project?"),
    replace(access_questions.VIA, choices=_CHOICES, derive=_via, rule=access_questions.via_check(_direct_problem)),
    replace(
        access_questions.SERVICE_ACCOUNT,
        title="Which Google service account does this workload act as?",
        derive=_service_account,
    ),
    replace(access_questions.HAS_KEY, title="Does this workload use a service account key today?"),
    Question(
        "access.perimeter",
        "gke-access",
        "Is there a VPC Service Controls perimeter between the pods and the resources?",
        (
            "Perimeter rules cannot name pods on GKE. If there is a perimeter, the workload needs a Google service "
            "account."
        ),
        kind="flag",
        detail=True,
        needed=False,
        derive=_no_perimeter,
    ),
    Question(
        "access.wire",
        "gke-access",
        "Use the Kubernetes service account from the setup in the pods of this workload?",
        "The wizard sets serviceAccountName in the controllers of the pods, which recreates the pods. If you answer "
        "No, set serviceAccountName yourself.",
        kind="flag",
        needed=False,
        derive=_wire,
        when=_can_wire,
    ),
    Question(
        "access.remove_keys",
        "gke-access",
        "Remove service account keys from the pods of this workload?",
        "If a pod has a key in a volume or a variable, Google's auth libraries can use the key instead of federation. "
        "If you revert the run, the wizard restores the volumes and variables.",
        kind="flag",
        detail=True,
        needed=False,
        derive=_keep_keys,
        when=_has_controllers,
    ),
)

QUESTIONS = (*_CLUSTER, *(replace(question, page="gke-access") for question in _ACCESS))
"""Pages gke-cluster and gke-access. The questions of gke-access are asked for each workload."""
