"""The questions about Google Cloud: where identities become known, who may enter, and what the workload may do."""

from __future__ import annotations

from dataclasses import replace

from wizard.federation import aws
from wizard.modes.aws import derived, expressions, rules
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.setup import access_questions, checks
from wizard.setup import derived as names
from wizard.setup import rules as google_rules
from wizard.setup.question import AnswersSoFar, Choice, Found, Question


def _pool(_answers: AnswersSoFar) -> Found | None:
    return Found(derived.POOL, "a usual name")


def _provider(answers: AnswersSoFar) -> Found | None:
    made = derived.provider(answers.text("aws.account"))
    return Found(made, "derived from the account") if made else None


def _who(_answers: AnswersSoFar) -> Found | None:
    return Found("role", "recommended: nobody else gets in")


def _mapping(answers: AnswersSoFar) -> Found | None:
    account, role, region = (answers.text(f"aws.{name}") for name in ("account", "role", "region"))
    runtime = RUNTIMES.get(answers.text("aws.runtime"))
    if runtime is None:
        return Found(derived.mapping_text(aws.AWS_DEFAULT_MAPPING), "Google's default for AWS")
    made = aws.mapping_for(account, role, runtime.session_length, aws.partition_of(region))
    if made == aws.AWS_DEFAULT_MAPPING:
        return Found(derived.mapping_text(made), "Google's default for AWS")
    return Found(derived.mapping_text(made), "the session's whole ARN could be too long a subject")


def _condition(answers: AnswersSoFar) -> Found | None:
    account, role, region = (answers.text(f"aws.{name}") for name in ("account", "role", "region"))
    if not account or not role:
        return None
    return Found(aws.condition_for(account, role, aws.partition_of(region)), "admits this role only, to start from")


def _service_account(answers: AnswersSoFar) -> Found | None:
    made = names.service_account(answers.text("aws.role"), "aws")
    return Found(made, "derived from the AWS role") if made else None


def _lifetime(_answers: AnswersSoFar) -> Found | None:
    return Found("3600", "Google's default")


def _config(answers: AnswersSoFar) -> Found | None:
    provider = answers.text("google.provider")
    return Found(f"clientLibraryConfig-{provider}.json", "derived from the provider") if provider else None


_PROJECT = (
    Question(
        "google.project",
        "aws-project",
        "Which Google Cloud project do you work in?",
        "The project's id, such as acme-analytics, not its number or its display name.",
        listing="projects",
        rule=checks.by(google_rules.project_id),
    ),
    Question(
        "google.pool",
        "aws-project",
        "Which workload identity pool may let it in?",
        "A pool is a list of outside identities that Google Cloud knows. It is made if it does not exist yet.",
        listing="pools",
        derive=_pool,
        rule=checks.by(rules.pool_id),
    ),
    Question(
        "google.provider",
        "aws-project",
        "What is the pool's provider for this AWS account called?",
        "A provider says which identities from outside a pool takes: one for each AWS account. It is made if needed.",
        listing="providers",
        derive=_provider,
        rule=checks.by(rules.provider_id),
    ),
    Question(
        "google.pool_project",
        "aws-project",
        "In which project does the pool live?",
        "Usually the same one. Some companies keep all their pools in one project of their own.",
        listing="projects",
        detail=True,
        needed=False,
        derive=access_questions.same_project,
        rule=checks.by(google_rules.project_id),
    ),
)

_TRUST = (
    Question(
        "trust.who",
        "aws-trust",
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
        "aws-trust",
        "Which condition must an identity fulfil?",
        "A CEL expression over assertion, google and attribute; it must be true for your workload.",
        multiline=True,
        derive=_condition,
        rule=expressions.condition_check,
        when=lambda answers: answers.text("trust.who") == "own",
    ),
    Question(
        "google.attribute_mapping",
        "aws-trust",
        "How does Google Cloud name the identities?",
        "Lines KEY=EXPRESSION in CEL. attribute.aws_role must be among them: it is what the roles are granted to.",
        multiline=True,
        detail=True,
        needed=False,
        derive=_mapping,
        rule=expressions.mapping_check,
    ),
)

_CHOICES = (
    Choice("direct", "By itself", "the roles go to the AWS role's own identity", recommended=True),
    Choice("service-account", "As a service account", "the roles go to an account that it may impersonate"),
)

_ACCESS = (
    *(
        replace(each, page="aws-access")
        for each in (
            access_questions.ON,
            access_questions.PRODUCT,
            access_questions.ROLES,
            replace(access_questions.VIA, choices=_CHOICES),
            replace(access_questions.SERVICE_ACCOUNT, derive=_service_account),
        )
    ),
    Question(
        "access.token_lifetime",
        "aws-access",
        "How many seconds does each of its tokens live?",
        "600 to 43200. Clients get a new one by themselves; more than 3600 needs an organization policy.",
        detail=True,
        needed=False,
        derive=_lifetime,
        rule=checks.token_lifetime,
        when=access_questions.through_account,
    ),
)

_RESULT = (
    Question(
        "credential_config",
        "aws-result",
        "Where should the credential configuration be written?",
        "A JSON file without any secret, which the application loads instead of a service account key.",
        needed=False,
        derive=_config,
        rule=checks.by(google_rules.file_name),
    ),
)

QUESTIONS = (*_PROJECT, *_TRUST, *_ACCESS, *_RESULT)
"""Pages aws-project, aws-trust, aws-access and aws-result."""
