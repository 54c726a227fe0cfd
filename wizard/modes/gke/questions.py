"""The questions about workloads on GKE: the cluster, and what each workload may do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.modes.aws import google_questions as ask_google
from wizard.setup import checks, derived, rules
from wizard.setup.question import Choice, Found, Question, Value

if TYPE_CHECKING:
    from wizard.modes.gke.chosen import ActsAs
    from wizard.setup.answers import Answers


def _node_pools(value: Value, _answers: Answers) -> str | None:
    """The first name that is none of a node pool."""
    names = value if isinstance(value, tuple) else (str(value),)
    return next((str(broken) for name in names if (broken := rules.node_pool(name))), None)


def _no_perimeter(_answers: Answers) -> Found | None:
    return Found(False, "most companies have none")


def _via(answers: Answers) -> Found | None:
    """As everywhere, unless it acts as somebody now: then it goes on doing so."""
    found, acts_as = ask_google.via(answers), _acts_as(answers)
    if acts_as is None or (found and found.value != "direct"):
        return found
    if acts_as.exists is False:
        return Found("direct", f"its annotation names {acts_as.email}, which does not exist, and goes away")
    unread = "" if acts_as.exists else " (whether that exists could not be read)"
    return Found("service-account", f"its annotation names {acts_as.email}{unread}, and its pods act as that now")


def _acts_as(answers: Answers) -> ActsAs | None:
    return answers.workload.acts_as if answers.workload else None


def _service_account(answers: Answers) -> Found | None:
    workload, acts_as = answers.workload, _acts_as(answers)
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
        rule=checks.by(rules.project_id),
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
        "Only pods on a node pool that has been switched get an identity of their own. Switching makes its nodes anew.",
        kind="several",
        needed=False,
        rule=_node_pools,
    ),
)

_PERIMETER = Question(
    "access.perimeter",
    "gke-access",
    "Is there a VPC Service Controls perimeter between the pods and what they use?",
    "Perimeter rules cannot name pods on GKE, so a service account is used where there is one in between.",
    kind="flag",
    detail=True,
    needed=False,
    derive=_no_perimeter,
)

_OTHERWISE: dict[str, dict[str, Any]] = {
    "access.on": {"title": "In which project is what this workload needs?"},
    "access.product": {},
    "access.roles": {
        "title": "What may this workload do there?",
        "help": "Each role allows certain things. Choose as few as the workload needs.",
    },
    "access.via": {
        "choices": (
            Choice("direct", "By itself", "the roles go to the Kubernetes service account", recommended=True),
            Choice("service-account", "As a service account", "the roles go to a Google account that it acts as"),
        ),
        "derive": _via,
    },
    "access.service_account": {
        "title": "Which Google service account does it act as?",
        "derive": _service_account,
    },
}
"""What differs from the same questions about a workload on AWS."""

_ACCESS = tuple(
    replace(each, page="gke-access", **_OTHERWISE[each.path])
    for each in ask_google.QUESTIONS
    if each.path in _OTHERWISE
)

QUESTIONS = (*_CLUSTER, *_ACCESS, _PERIMETER)
"""Pages gke-cluster and gke-access; the latter's are asked for each workload."""
