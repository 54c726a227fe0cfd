"""The questions about access, which every mode asks: what the workload may do in Google Cloud, and as whom.

A mode takes those it wants, and changes what it words otherwise: `dataclasses.replace(access_questions.VIA, ...)`.
"""

from __future__ import annotations

from collections.abc import Callable

from wizard.setup import checks, products, rules
from wizard.setup.question import AnswersSoFar, Choice, Found, Question
from wizard.setup.usual_roles import PRODUCTS, product_of, usual_roles

DirectProblem = Callable[[AnswersSoFar], str | None]
"""Why the workload cannot act by itself, so that it needs a service account; None if it can."""


def direct_problem(answers: AnswersSoFar) -> str | None:
    """The first chosen role that needs a service account, with the reason; or None."""
    return products.service_account_reason(answers.roles())


def via(answers: AnswersSoFar, problem: DirectProblem = direct_problem) -> Found | None:
    """By itself, unless a federated identity is refused; the source says why."""
    if reason := problem(answers):
        return Found("service-account", f"{reason}, so a service account is used")
    if not answers.roles() and (reason := _product_limit(answers.text("access.product"))):
        return Found("service-account", f"{reason}, so a service account is used")
    return Found("direct", "recommended: there is one thing less to maintain")


def via_check(problem: DirectProblem = direct_problem) -> checks.Check:
    """A check that refuses direct access where a federated identity is refused."""

    def check(value: object, answers: AnswersSoFar) -> str | None:
        reason = problem(answers) if value == "direct" else None
        return f"{reason}; choose a service account" if reason else None

    return check


def through_account(answers: AnswersSoFar) -> bool:
    """Whether a service account is used."""
    return answers.text("access.via") == "service-account"


def same_project(answers: AnswersSoFar) -> Found | None:
    """The project that was chosen before."""
    project = answers.text("google.project")
    return Found(project, "the project chosen before") if project else None


def _product_limit(product: str) -> str | None:
    """Why a product needs a service account, where all of its usual roles do."""
    reasons = [products.direct_access_problem(each.role) for each in usual_roles(product)]
    return reasons[0] if reasons and all(reasons) else None


def _product(answers: AnswersSoFar) -> Found | None:
    roles = answers.explicit().get("access.roles", ())
    named = (product_of(role) for role in roles) if isinstance(roles, tuple) else ()
    found = next((product for product in named if product), None)
    return Found(found, "derived from the roles") if found else None


def _usual(answers: AnswersSoFar) -> tuple[Choice, ...]:
    usual = usual_roles(answers.text("access.product"))
    return tuple(Choice(each.role, each.title, each.lets) for each in usual)


ON = Question(
    "access.on",
    "access",
    "In which project is what your workload needs?",
    "The project with the data or service that it uses, by its id.",
    listing="projects",
    derive=same_project,
    rule=checks.by(rules.project_id),
)

PRODUCT = Question(
    "access.product",
    "access",
    "Which Google product does it use?",
    "Its usual roles are offered first; all others can be chosen too.",
    kind="choice",
    choices=tuple(Choice(each.key, each.title) for each in PRODUCTS),
    needed=False,
    derive=_product,
)

ROLES = Question(
    "access.roles",
    "access",
    "What may your workload do there?",
    "Each role allows certain things. Choose as few as the workload needs.",
    kind="roles",
    listing="grantable-roles",
    rule=checks.each_by(rules.role),
    offers=_usual,
)

VIA = Question(
    "access.via",
    "access",
    "Does it act by itself, or as a Google service account?",
    "Acting by itself is simpler, and logs show the workload itself. Some products need a service account.",
    kind="choice",
    derive=via,
    rule=via_check(),
)

SERVICE_ACCOUNT = Question(
    "access.service_account",
    "access",
    "Which service account does it act as?",
    "Its name, or its e-mail if it lives in another project. It is created if it does not exist yet.",
    listing="service-accounts",
    rule=checks.by(rules.service_account),
    when=through_account,
)
