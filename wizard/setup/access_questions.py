"""The questions about access that every mode asks: which roles the workload needs, and with which identity.

A mode changes what it words differently: `dataclasses.replace(access_questions.VIA, ...)`.
"""

from __future__ import annotations

from collections.abc import Callable

from wizard.language import _, translated
from wizard.setup import checks, products, resource_types, rules
from wizard.setup.question import AnswersSoFar, Choice, Found, Question, Value
from wizard.setup.usual_roles import PRODUCTS, product_of, usual_roles

DirectProblem = Callable[[AnswersSoFar], str | None]
"""Returns why the workload needs a service account, or None if direct access works."""


WITH_RESOURCES = ("bigquery", "storage", "pubsub", "spanner", "secretmanager", "artifactregistry", "cloudkms")
"""The products whose resources the wizard lists, by their keys."""


def direct_problem(answers: AnswersSoFar) -> str | None:
    """Return the first chosen role that needs a service account, with the reason; or None."""
    return products.service_account_reason(answers.roles())


def via(answers: AnswersSoFar, problem: DirectProblem = direct_problem) -> Found | None:
    """Return the default of `access.via`: direct, unless a role or the product needs a service account."""
    reason = problem(answers)
    if not reason and not answers.roles():
        reason = _product_limit(answers.text("access.product"))
    if reason:
        return Found("service-account", _("required: {reason}").format(reason=reason))
    return Found("direct", _("recommended: no service account to maintain"), recommended=True)


def via_check(problem: DirectProblem = direct_problem) -> checks.Check:
    """Return a check that refuses direct access if `problem` gives a reason."""

    def check(value: object, answers: AnswersSoFar) -> str | None:
        reason = problem(answers) if value == "direct" else None
        return _('choose "Through a service account": {reason}').format(reason=reason) if reason else None

    return check


def through_account(answers: AnswersSoFar) -> bool:
    """Return whether the workload uses a service account."""
    return answers.text("access.via") == "service-account"


def same_project(answers: AnswersSoFar) -> Found | None:
    """Return the project of `google.project` as a default."""
    project = answers.text("google.project")
    return Found(project, _("the project that you chose before")) if project else None


def _no_key(_answers: AnswersSoFar) -> Found | None:
    return Found(False, _("the wizard found no key"))


def has_key(answers: AnswersSoFar) -> bool:
    """Return whether the workload uses a service account key today, as far as the answers say."""
    return answers.get("access.has_key") is True


def _product_limit(product: str) -> str | None:
    """Return why a product needs a service account, if all of its usual roles need one; else None."""
    reasons = [products.direct_access_problem(usual.role) for usual in usual_roles(product)]
    return reasons[0] if reasons and all(reasons) else None


def _product(answers: AnswersSoFar) -> Found | None:
    roles = answers.explicit().get("access.roles", ())
    for role in roles if isinstance(roles, tuple) else ():
        product = product_of(role)
        if product:
            return Found(product, _("derived from the roles"))
    return None


def _usual(answers: AnswersSoFar) -> tuple[Choice, ...]:
    offered = usual_roles(answers.text("access.product"))
    return tuple(Choice(usual.role, usual.title, translated(usual.lets)) for usual in offered)


HAS_KEY = Question(
    "access.has_key",
    "access",
    "Does your workload use a service account key today?",
    "If you answer Yes, the wizard reads the roles of the service account, and offers these roles for your workload.",
    kind="flag",
    detail=True,
    needed=False,
    derive=_no_key,
)

REPLACES = Question(
    "access.replaces",
    "access",
    "Which service account does your workload's key belong to?",
    "Type the name or the email address of the service account. The wizard offers the roles that the account "
    "currently has on the project. The wizard does not change the account.",
    listing="service-accounts",
    needed=False,
    rule=checks.by(rules.service_account),
    when=has_key,
)

ON = Question(
    "access.on",
    "access",
    "Which project has the resources that your workload uses?",
    "Enter the ID of the project that contains the data or the service.",
    listing="projects",
    derive=same_project,
    rule=checks.by(rules.project_id),
)


def _has_resources(answers: AnswersSoFar) -> bool:
    return answers.text("access.product") in WITH_RESOURCES or bool(answers.text("access.resource"))


def _roles_rule(value: Value, answers: AnswersSoFar) -> str | None:
    """Refuse a role that has no effect on the chosen resource, nor on its project, and say why."""
    problem = checks.each_by(rules.role)(value, answers)
    on = resource_types.parse(answers.text("access.resource"))
    if problem or on is None:
        return problem
    for role in value if isinstance(value, tuple) else ():
        found = None if resource_types.only_on_projects(role, on) else resource_types.role_problem(role, on)
        if found:
            reason, fix = found
            return _("{reason}; {fix}. You can also leave the resource field empty").format(reason=reason, fix=fix)
    return None


RESOURCE = Question(
    "access.resource",
    "access",
    "Does your workload use only one resource in the project?",
    "If you name a resource, such as a dataset, a bucket, a topic or a secret, the workload gets its roles on this "
    "resource only. Leave the field empty to grant the roles on the whole project.",
    listing="resources",
    follows=("access.product", "access.on"),
    needed=False,
    rule=checks.by(rules.resource),
    when=_has_resources,
)

PRODUCT = Question(
    "access.product",
    "access",
    "Which Google Cloud product does your workload use?",
    "The wizard offers the usual roles of this product first. You can also choose other roles.",
    kind="choice",
    choices=tuple(Choice(product.key, product.title) for product in PRODUCTS),
    needed=False,
    derive=_product,
)

ROLES = Question(
    "access.roles",
    "access",
    "Which roles does your workload need in the project?",
    "Each role is a set of permissions. Choose only the roles that the workload needs.",
    kind="roles",
    listing="grantable-roles",
    rule=_roles_rule,
    offers=_usual,
)

VIA = Question(
    "access.via",
    "access",
    "Does your workload use the roles directly, or through a Google service account?",
    "Direct access is simpler, and logs show the workload itself. Some products need a service account.",
    kind="choice",
    derive=via,
    rule=via_check(),
)

SERVICE_ACCOUNT = Question(
    "access.service_account",
    "access",
    "Which service account does your workload act as?",
    "Enter the name of the account, or the email address of an account in another project. The wizard creates the "
    "account if it does not exist.",
    listing="service-accounts",
    rule=checks.by(rules.service_account),
    when=through_account,
)
