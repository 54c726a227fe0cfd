"""The questions about Google Cloud: where identities become known, who may enter, and what the workload may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.federation import aws
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.setup import checks, derived, products, rules
from wizard.setup.question import Choice, Found, Question
from wizard.setup.usual_roles import PRODUCTS, product_of, usual_roles

if TYPE_CHECKING:
    from wizard.setup.answers import Answers


def _pool(_answers: Answers) -> Found | None:
    return Found(derived.POOL, "a usual name")


def _provider(answers: Answers) -> Found | None:
    made = derived.provider(answers.text("aws.account"))
    return Found(made, "derived from the account") if made else None


def _same_project(answers: Answers) -> Found | None:
    project = answers.text("google.project")
    return Found(project, "the project chosen before") if project else None


def _who(_answers: Answers) -> Found | None:
    return Found("role", "recommended: nobody else gets in")


def _mapping(answers: Answers) -> Found | None:
    account, role, region = (answers.text(f"aws.{name}") for name in ("account", "role", "region"))
    runtime = RUNTIMES.get(answers.text("aws.runtime"))
    if runtime is None:
        return Found(derived.mapping_text(aws.AWS_DEFAULT_MAPPING), "Google's default for AWS")
    made = aws.mapping_for(account, role, runtime.session_length, aws.partition_of(region))
    if made == aws.AWS_DEFAULT_MAPPING:
        return Found(derived.mapping_text(made), "Google's default for AWS")
    return Found(derived.mapping_text(made), "the session's whole ARN could be too long a subject")


def _condition(answers: Answers) -> Found | None:
    account, role, region = (answers.text(f"aws.{name}") for name in ("account", "role", "region"))
    if not account or not role:
        return None
    return Found(aws.condition_for(account, role, aws.partition_of(region)), "admits this role only, to start from")


def _product(answers: Answers) -> Found | None:
    roles = answers.explicit().get("access.roles", ())
    named = (product_of(role) for role in roles) if isinstance(roles, tuple) else ()
    found = next((product for product in named if product), None)
    return Found(found, "derived from the roles") if found else None


def _usual(answers: Answers) -> tuple[Choice, ...]:
    usual = usual_roles(answers.text("access.product"))
    return tuple(Choice(each.role, each.title, each.lets) for each in usual)


def via(answers: Answers) -> Found | None:
    """By itself, unless a federated identity is refused; the source says why."""
    if problem := checks.direct_problem(answers):
        return Found("service-account", f"{problem}, so a service account is used")
    if not answers.roles() and (reason := _product_limit(answers.text("access.product"))):
        return Found("service-account", f"{reason}, so a service account is used")
    return Found("direct", "recommended: one thing less to look after")


def _product_limit(product: str) -> str | None:
    """Why a product needs a service account, where all of its usual roles do."""
    reasons = [products.direct_access_problem(each.role) for each in usual_roles(product)]
    return reasons[0] if reasons and all(reasons) else None


def _through_account(answers: Answers) -> bool:
    return answers.text("access.via") == "service-account"


def _service_account(answers: Answers) -> Found | None:
    made = derived.service_account(answers.text("aws.role"))
    return Found(made, "derived from the AWS role") if made else None


def _lifetime(_answers: Answers) -> Found | None:
    return Found("3600", "Google's default")


def _config(answers: Answers) -> Found | None:
    provider = answers.text("google.provider")
    return Found(f"clientLibraryConfig-{provider}.json", "derived from the provider") if provider else None


_PROJECT = (
    Question(
        "google.project",
        "project",
        "Which Google Cloud project do you work in?",
        "The project's id, such as acme-analytics, not its number or its display name.",
        listing="projects",
        rule=checks.by(rules.project_id),
    ),
    Question(
        "google.pool",
        "project",
        "Which workload identity pool may let it in?",
        "A pool is a list of outside identities that Google Cloud knows. It is made if it does not exist yet.",
        listing="pools",
        derive=_pool,
        rule=checks.by(rules.pool_id),
    ),
    Question(
        "google.provider",
        "project",
        "What is the pool's provider for this AWS account called?",
        "A provider says which identities from outside a pool takes: one for each AWS account. It is made if needed.",
        listing="providers",
        derive=_provider,
        rule=checks.by(rules.provider_id),
    ),
    Question(
        "google.pool_project",
        "project",
        "In which project does the pool live?",
        "Usually the same one. Some companies keep all their pools in one project of their own.",
        listing="projects",
        detail=True,
        needed=False,
        derive=_same_project,
        rule=checks.by(rules.project_id),
    ),
)

_TRUST = (
    Question(
        "trust.who",
        "trust",
        "Which AWS identities may enter?",
        "Whoever enters still may do nothing without roles, which only your workload's role gets.",
        kind="choice",
        choices=(
            Choice("role", "This role only", "nobody else in the account gets a Google token", recommended=True),
            Choice("account", "Every role in the account", "wider than needed: any of them could get a Google token"),
            Choice("own", "As my own condition says", "an expression in CEL, for special cases"),
        ),
        derive=_who,
    ),
    Question(
        "google.attribute_condition",
        "trust",
        "Which condition must an identity fulfil?",
        "A CEL expression over assertion, google and attribute; it must be true for your workload.",
        multiline=True,
        derive=_condition,
        rule=checks.condition,
        when=lambda answers: answers.text("trust.who") == "own",
    ),
    Question(
        "google.attribute_mapping",
        "trust",
        "How does Google Cloud name the identities?",
        "Lines KEY=EXPRESSION in CEL. attribute.aws_role must be among them: it is what the roles are granted to.",
        multiline=True,
        detail=True,
        needed=False,
        derive=_mapping,
        rule=checks.mapping,
    ),
)

_ACCESS = (
    Question(
        "access.on",
        "access",
        "In which project is what your workload needs?",
        "The project with the data or service that it uses, by its id.",
        listing="projects",
        derive=_same_project,
        rule=checks.by(rules.project_id),
    ),
    Question(
        "access.product",
        "access",
        "Which Google product does it use?",
        "Its usual roles are offered first; all others can be chosen too.",
        kind="choice",
        choices=tuple(Choice(each.key, each.title) for each in PRODUCTS),
        needed=False,
        derive=_product,
    ),
    Question(
        "access.roles",
        "access",
        "What may your workload do there?",
        "Each role allows certain things. Choose as few as the workload needs.",
        kind="roles",
        listing="grantable-roles",
        rule=checks.roles,
        offers=_usual,
    ),
    Question(
        "access.via",
        "access",
        "Does it act by itself, or as a Google service account?",
        "Acting by itself is simpler and is recorded as what it is. Some products need a service account.",
        kind="choice",
        choices=(
            Choice("direct", "By itself", "the roles go to the AWS role's own identity", recommended=True),
            Choice("service-account", "As a service account", "the roles go to an account that it may impersonate"),
        ),
        derive=via,
        rule=checks.via,
    ),
    Question(
        "access.service_account",
        "access",
        "Which service account does it act as?",
        "Its name, or its e-mail if it lives in another project. It is made if it does not exist yet.",
        listing="service-accounts",
        derive=_service_account,
        rule=checks.by(rules.service_account),
        when=_through_account,
    ),
    Question(
        "access.token_lifetime",
        "access",
        "How many seconds does each of its tokens live?",
        "600 to 43200. Clients get a new one by themselves; more than 3600 needs an organization policy.",
        detail=True,
        needed=False,
        derive=_lifetime,
        rule=checks.token_lifetime,
        when=_through_account,
    ),
)

_RESULT = (
    Question(
        "credential_config",
        "result",
        "Where should the credential configuration be written?",
        "A JSON file without any secret, which the application loads instead of a service account key.",
        needed=False,
        derive=_config,
        rule=checks.by(rules.file_name),
    ),
)

QUESTIONS = (*_PROJECT, *_TRUST, *_ACCESS, *_RESULT)
"""Pages project, trust, access and result."""
