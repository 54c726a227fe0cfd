"""The questions about the workload on AWS."""

from __future__ import annotations

from wizard.modes.aws import rules
from wizard.modes.aws.runtimes import RUNTIMES, Runtime
from wizard.setup import checks
from wizard.setup.question import AnswersSoFar, Choice, Found, Question


def _runtime(answers: AnswersSoFar) -> Runtime | None:
    """The chosen runtime; None before one is chosen."""
    return RUNTIMES.get(answers.text("aws.runtime"))


def _runtimes(_answers: AnswersSoFar) -> tuple[Choice, ...]:
    # Jobs first: they are the workloads that most often read and write data elsewhere.
    jobs_first = sorted(RUNTIMES.values(), key=lambda each: each.definition != "job_definition")
    return tuple(Choice(each.name, each.title, each.note) for each in jobs_first)


def _has_job_definition(answers: AnswersSoFar) -> bool:
    runtime = _runtime(answers)
    return runtime is not None and runtime.definition == "job_definition"


def _has_task_definition(answers: AnswersSoFar) -> bool:
    runtime = _runtime(answers)
    return runtime is not None and runtime.definition == "task_definition"


def _has_definition(answers: AnswersSoFar) -> bool:
    return _has_job_definition(answers) or _has_task_definition(answers)


def _has_instance_metadata(answers: AnswersSoFar) -> bool:
    runtime = _runtime(answers)
    return runtime is not None and runtime.delivery == "instance metadata"


def _imdsv2(_answers: AnswersSoFar) -> Found | None:
    return Found(True, "works on every instance, and new ones take nothing else")


QUESTIONS = (
    Question(
        "aws.runtime",
        "aws-workload",
        "Where does your workload run?",
        "This decides which AWS service gives it credentials, and how the application finds them.",
        kind="choice",
        offers=_runtimes,
    ),
    Question(
        "aws.account",
        "aws-workload",
        "In which AWS account does it run?",
        "The account's id has 12 digits. Google Cloud will trust identities of this account only.",
        listing="aws-accounts",
        rule=checks.by(rules.account_id),
    ),
    Question(
        "aws.region",
        "aws-workload",
        "In which AWS region does it run?",
        "Such as ap-northeast-1: the region in which the job, task, instance or function runs.",
        listing="aws-regions",
        rule=checks.by(rules.region),
    ),
    Question(
        "aws.role",
        "aws-workload",
        "Which IAM role does your code have there?",
        "The role that the code acts as: the task role (not the execution role, which only pulls images and writes "
        "logs), the job role, the instance's role or the function's. It is made if it does not exist yet.",
        listing="aws-roles",
        rule=checks.by(rules.role_name),
    ),
    Question(
        "aws.profile",
        "aws-workload",
        "With which AWS profile do you work?",
        "The wizard's way into AWS, which your workload never uses. Leave it empty for what the environment gives.",
        listing="aws-profiles",
        detail=True,
        needed=False,
    ),
    Question(
        "aws.job_definition",
        "aws-workload",
        "Which AWS Batch job definition starts it?",
        "Leave it empty if there is none yet.",
        listing="job-definitions",
        detail=True,
        needed=False,
        when=_has_job_definition,
    ),
    Question(
        "aws.task_definition",
        "aws-workload",
        "Which ECS task definition starts it?",
        "Leave it empty if there is none yet.",
        listing="task-definitions",
        detail=True,
        needed=False,
        when=_has_task_definition,
    ),
    Question(
        "aws.container",
        "aws-workload",
        "Which container of the definition is yours?",
        "Only needed where the definition has several containers.",
        detail=True,
        needed=False,
        when=_has_definition,
    ),
    Question(
        "aws.imdsv2",
        "aws-workload",
        "Does the instance ask for a session token before it hands out credentials (IMDSv2)?",
        "Yes is right for nearly all instances: those that still take requests without a token take this one too.",
        kind="flag",
        detail=True,
        derive=_imdsv2,
        when=_has_instance_metadata,
    ),
)
"""Page aws-workload."""
