"""The questions about the workload on AWS."""

from __future__ import annotations

from collections.abc import Callable

from wizard.modes.aws import rules
from wizard.setup import checks
from wizard.setup.question import AnswersSoFar, Choice, Found, Question

RUNTIMES = (
    Choice("batch-fargate", "AWS Batch on Fargate", "jobs that AWS Batch starts as Fargate tasks"),
    Choice("batch-ec2", "AWS Batch on EC2", "jobs that AWS Batch starts on EC2 instances"),
    Choice("ecs-fargate", "Amazon ECS on Fargate", "tasks and services without instances of your own"),
    Choice("ecs-ec2", "Amazon ECS on EC2", "tasks and services on the instances of your cluster"),
    Choice("ec2", "Amazon EC2", "a program directly on an instance"),
    Choice("lambda", "AWS Lambda", "a function"),
)


def runtime_is(*beginnings: str) -> Callable[[AnswersSoFar], bool]:
    """Whether the workload runs in one of these ("batch-", "ec2")."""
    return lambda answers: answers.text("aws.runtime").startswith(beginnings)


def _imdsv2(_answers: AnswersSoFar) -> Found | None:
    return Found(True, "works on every instance, and new ones take nothing else")


QUESTIONS = (
    Question(
        "aws.runtime",
        "aws-workload",
        "Where does your workload run?",
        "This decides which AWS service hands credentials to it, and how the application finds them.",
        kind="choice",
        choices=RUNTIMES,
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
        when=runtime_is("batch-"),
    ),
    Question(
        "aws.task_definition",
        "aws-workload",
        "Which ECS task definition starts it?",
        "Leave it empty if there is none yet.",
        listing="task-definitions",
        detail=True,
        needed=False,
        when=runtime_is("ecs-"),
    ),
    Question(
        "aws.container",
        "aws-workload",
        "Which container of the definition is yours?",
        "Only needed where the definition has several containers.",
        detail=True,
        needed=False,
        when=runtime_is("batch-", "ecs-"),
    ),
    Question(
        "aws.imdsv2",
        "aws-workload",
        "Does the instance ask for a session token before it hands out credentials (IMDSv2)?",
        "Yes is right for nearly all instances: those that still take requests without a token take this one too.",
        kind="flag",
        detail=True,
        derive=_imdsv2,
        when=runtime_is("ec2"),
    ),
)
"""Page aws-workload."""
