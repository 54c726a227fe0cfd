"""The questions about Google Cloud: project, pool and provider, which identities get a token, and which roles."""

from __future__ import annotations

from dataclasses import replace

from wizard.federation import aws
from wizard.language import _
from wizard.modes.aws import derived, expressions, rules
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.aws.workload_questions import has_role, has_service_account
from wizard.setup import access_questions, checks
from wizard.setup import derived as names
from wizard.setup import rules as google_rules
from wizard.setup.question import AnswersSoFar, Choice, Found, Question


def _pool(_answers: AnswersSoFar) -> Found | None:
    return Found(derived.POOL, _("default name"))


def _provider(answers: AnswersSoFar) -> Found | None:
    if has_service_account(answers):
        name = derived.eks_provider(answers.text("aws.cluster"))
        return Found(name, _("derived from the cluster")) if name else None
    provider = derived.provider(answers.text("aws.account"))
    return Found(provider, _("derived from the account")) if provider else None


def _who(_answers: AnswersSoFar) -> Found | None:
    return Found("role", _("recommended: no other identity gets a token"), recommended=True)


def _mapping(answers: AnswersSoFar) -> Found | None:
    account, role, region = (answers.text(f"aws.{name}") for name in ("account", "role", "region"))
    runtime = RUNTIMES.get(answers.text("aws.runtime"))
    if runtime is None:
        return Found(derived.mapping_text(aws.AWS_DEFAULT_MAPPING), _("Google's default for AWS"))
    mapping = aws.mapping_for(account, role, runtime.session_length, aws.partition_of(region))
    if mapping == aws.AWS_DEFAULT_MAPPING:
        return Found(derived.mapping_text(mapping), _("Google's default for AWS"))
    return Found(
        derived.mapping_text(mapping), _("shortened, because the session's full ARN could be too long for a subject")
    )


def _condition(answers: AnswersSoFar) -> Found | None:
    account, role, region = (answers.text(f"aws.{name}") for name in ("account", "role", "region"))
    if not account or not role:
        return None
    return Found(
        aws.condition_for(account, role, aws.partition_of(region)),
        _("a condition that accepts only this role, as a starting point"),
    )


def _service_account(answers: AnswersSoFar) -> Found | None:
    if has_service_account(answers):
        account = names.service_account(answers.text("aws.service_account"), "eks")
        return Found(account, _("derived from the Kubernetes service account")) if account else None
    account = names.service_account(answers.text("aws.role"), "aws")
    return Found(account, _("derived from the IAM role")) if account else None


def _lifetime(_answers: AnswersSoFar) -> Found | None:
    return Found("3600", _("Google's default"))


def _config(answers: AnswersSoFar) -> Found | None:
    provider = answers.text("google.provider")
    return Found(f"clientLibraryConfig-{provider}.json", _("derived from the provider")) if provider else None


_PROJECT = (
    Question(
        "google.project",
        "aws-project",
        "Which Google Cloud project do you work in?",
        "Enter the project ID, such as acme-analytics, not the project number or the display name.",
        listing="projects",
        rule=checks.by(google_rules.project_id),
    ),
    Question(
        "google.pool",
        "aws-project",
        "Which workload identity pool does your workload use?",
        "A pool groups identities from outside Google Cloud. The wizard creates the pool if it does not exist.",
        listing="pools",
        derive=_pool,
        rule=checks.by(rules.pool_id),
    ),
    Question(
        "google.provider",
        "aws-project",
        "Which provider of the pool is for this AWS account or EKS cluster?",
        "A provider connects one AWS account, or one EKS cluster, to the pool. The wizard creates the provider if it "
        "does not exist.",
        listing="providers",
        derive=_provider,
        rule=checks.by(rules.provider_id),
    ),
    Question(
        "google.pool_project",
        "aws-project",
        "Which project has the pool?",
        "The pool is usually in the project that you work in. Some companies keep all their pools in a separate "
        "project.",
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
        "Which AWS identities can get a Google token?",
        "Without a role, a token gives no access. The wizard grants Google Cloud roles to your workload only.",
        kind="choice",
        choices=(
            Choice("role", "This role only", "no other identity in the account gets a Google token", recommended=True),
            Choice(
                "account",
                "Every role in the account",
                "broader than necessary: every role in the account can get a Google token",
            ),
            Choice("own", "My own condition", "a CEL expression, for special cases"),
        ),
        derive=_who,
        when=has_role,
    ),
    Question(
        "google.attribute_condition",
        "aws-trust",
        "Which condition must an identity meet?",
        "Enter a CEL expression, which can use the variables assertion, google and attribute. The expression must be "
        "true for your workload.",
        multiline=True,
        derive=_condition,
        rule=expressions.condition_check,
        when=lambda answers: has_role(answers) and answers.text("trust.who") == "own",
    ),
    Question(
        "google.attribute_mapping",
        "aws-trust",
        "How does the provider map AWS identities to attributes?",
        "Enter lines of the form KEY=EXPRESSION, with expressions in CEL. The wizard grants roles to identities by "
        "attribute.aws_role, so this attribute must not contain the session name.",
        multiline=True,
        detail=True,
        needed=False,
        derive=_mapping,
        rule=expressions.mapping_check,
        when=has_role,
    ),
)

_CHOICES = (
    Choice("direct", "Directly", "the wizard grants the roles to the workload itself", recommended=True),
    Choice(
        "service-account",
        "Through a service account",
        "the workload impersonates a service account that gets the roles",
    ),
)

_ACCESS = (
    *(
        replace(question, page="aws-access")
        for question in (
            access_questions.REPLACES,
            access_questions.ON,
            access_questions.RESOURCE,
            access_questions.PRODUCT,
            access_questions.ROLES,
            replace(access_questions.VIA, choices=_CHOICES),
            replace(access_questions.SERVICE_ACCOUNT, derive=_service_account),
        )
    ),
    replace(access_questions.HAS_KEY, page="aws-access"),
    Question(
        "access.token_lifetime",
        "aws-access",
        "For how many seconds should each token of the service account be valid?",
        "Enter a number from 600 to 43200. Clients renew tokens automatically. A lifetime of more than 3600 seconds "
        "requires an organization policy that allows this lifetime.",
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
        "Where should the wizard write the credential configuration?",
        "The credential configuration is a JSON file without secrets. The application loads this file instead of a "
        "service account key.",
        needed=False,
        derive=_config,
        rule=checks.by(google_rules.file_name),
    ),
)

QUESTIONS = (*_PROJECT, *_TRUST, *_ACCESS, *_RESULT)
"""Pages aws-project, aws-trust, aws-access and aws-result."""
