"""The questions about the workload on AWS."""

from __future__ import annotations

from wizard.language import _, translated
from wizard.modes.aws import rules
from wizard.modes.aws.runtimes import RUNTIMES, Runtime
from wizard.setup import checks, kubernetes_rules
from wizard.setup.question import AnswersSoFar, Choice, Found, Question


def _runtime(answers: AnswersSoFar) -> Runtime | None:
    """Return the chosen runtime; None before one is chosen."""
    return RUNTIMES.get(answers.text("aws.runtime"))


def _runtimes(_answers: AnswersSoFar) -> tuple[Choice, ...]:
    # Jobs first: they are the workloads that most often read and write data in another cloud.
    jobs_first = sorted(RUNTIMES.values(), key=lambda runtime: runtime.definition != "job_definition")
    return tuple(Choice(runtime.name, runtime.title, translated(runtime.note)) for runtime in jobs_first)


def _has_job_definition(answers: AnswersSoFar) -> bool:
    runtime = _runtime(answers)
    return runtime is not None and runtime.definition == "job_definition"


def _has_task_definition(answers: AnswersSoFar) -> bool:
    runtime = _runtime(answers)
    return runtime is not None and runtime.definition == "task_definition"


def _names_a_task_definition(answers: AnswersSoFar) -> bool:
    return _has_task_definition(answers) and bool(answers.text("aws.task_definition"))


def _has_definition(answers: AnswersSoFar) -> bool:
    return _has_job_definition(answers) or _has_task_definition(answers)


def _has_function(answers: AnswersSoFar) -> bool:
    runtime = _runtime(answers)
    return runtime is not None and runtime.definition == "function"


def _delivers_in_a_container(answers: AnswersSoFar) -> bool:
    """Return whether the plan changes a definition, so that it matters how its container gets the configuration."""
    return bool(answers.text("aws.job_definition") or answers.text("aws.task_definition")) and _has_definition(answers)


def _deliveries(_answers: AnswersSoFar) -> tuple[Choice, ...]:
    return (
        Choice("file", _("In the image"), _("you add the file to the image")),
        Choice(
            "environment",
            _("In a variable"),
            _("the entrypoint writes the value of GOOGLE_CREDENTIAL_CONFIG to the file"),
        ),
    )


def _delivery(_answers: AnswersSoFar) -> Found | None:
    return Found(
        "file", _("the credential configuration does not contain secrets, so you can add the file to the image")
    )


def _containerized(_answers: AnswersSoFar) -> Found | None:
    return Found(False, _("a program that runs directly on the instance reaches IMDS in one network hop"))


def has_role(answers: AnswersSoFar) -> bool:
    """Return whether the workload's identity is an IAM role, as with every runtime but EKS."""
    runtime = _runtime(answers)
    return runtime is None or runtime.workload_identity == "role"


def has_service_account(answers: AnswersSoFar) -> bool:
    """Return whether the workload's identity is a Kubernetes service account."""
    return not has_role(answers)


def _has_instance_metadata(answers: AnswersSoFar) -> bool:
    runtime = _runtime(answers)
    return runtime is not None and runtime.delivery == "instance metadata"


def _imdsv2(_answers: AnswersSoFar) -> Found | None:
    return Found(True, _("every instance accepts IMDSv2 session tokens, and many new instances require these tokens"))


QUESTIONS = (
    Question(
        "aws.runtime",
        "aws-workload",
        "Where does your workload run?",
        "The runtime defines which AWS service gives credentials to your workload, and how the application finds them.",
        kind="choice",
        offers=_runtimes,
    ),
    Question(
        "aws.account",
        "aws-workload",
        "Which AWS account does your workload run in?",
        "An account ID has 12 digits. The provider will accept identities of this account only.",
        listing="aws-accounts",
        rule=checks.by(rules.account_id),
    ),
    Question(
        "aws.region",
        "aws-workload",
        "Which AWS region does your workload run in?",
        "Enter the region of the job, task, instance or function, such as ap-northeast-1.",
        listing="aws-regions",
        rule=checks.by(rules.region),
    ),
    Question(
        "aws.role",
        "aws-workload",
        "Which IAM role does your workload run with?",
        "Enter the task role, the job role, the instance role or the function role. On ECS and AWS Batch, do not enter "
        "the execution role, which AWS uses to pull images, read secrets and write logs. The wizard creates the role "
        "if it does not exist.",
        listing="aws-roles",
        rule=checks.by(rules.role_name),
        when=has_role,
    ),
    Question(
        "aws.cluster",
        "aws-workload",
        "Which EKS cluster does your workload run in?",
        "Enter the name of the cluster. Google Cloud will accept tokens that this cluster signs for its pods.",
        listing="eks-clusters",
        rule=checks.by(rules.eks_cluster),
        when=has_service_account,
    ),
    Question(
        "aws.namespace",
        "aws-workload",
        "Which namespace does your workload run in?",
        "Enter the namespace of the workload's pods and of their Kubernetes service account.",
        listing="eks-namespaces",
        rule=checks.by(kubernetes_rules.namespace),
        when=has_service_account,
    ),
    Question(
        "aws.service_account",
        "aws-workload",
        "Which Kubernetes service account does your workload use?",
        "Enter the serviceAccountName of the pods. The service account does not need an IAM role: Google's auth "
        "libraries do not use the IAM roles of IRSA and EKS Pod Identity.",
        listing="eks-accounts",
        rule=checks.by(kubernetes_rules.service_account),
        when=has_service_account,
    ),
    Question(
        "aws.profile",
        "aws-workload",
        "Which AWS profile should the wizard use?",
        "Only the wizard uses this profile, not your workload. Leave the field empty to use the credentials of the "
        "environment.",
        listing="aws-profiles",
        detail=True,
        needed=False,
    ),
    Question(
        "aws.job_definition",
        "aws-workload",
        "Which AWS Batch job definition starts your workload?",
        "If you choose a job definition, the wizard registers a new revision with the role and the environment "
        "variables. Leave the field empty to change the job definition yourself.",
        listing="job-definitions",
        rule=checks.by(rules.definition),
        detail=True,
        needed=False,
        when=_has_job_definition,
    ),
    Question(
        "aws.task_definition",
        "aws-workload",
        "Which ECS task definition starts your workload?",
        "If you choose a task definition, the wizard registers a new revision with the role and the environment "
        "variables. Leave the field empty to change the task definition yourself.",
        listing="task-definitions",
        rule=checks.by(rules.definition),
        detail=True,
        needed=False,
        when=_has_task_definition,
    ),
    Question(
        "aws.services",
        "aws-workload",
        "Which ECS services should the wizard update to the new revision?",
        "A service that you do not choose keeps its revision. AWS replaces the tasks of a service that you choose.",
        kind="several",
        listing="ecs-services",
        follows=("aws.task_definition",),
        rule=checks.each_by(rules.ecs_service),
        detail=True,
        needed=False,
        when=_names_a_task_definition,
    ),
    Question(
        "aws.container",
        "aws-workload",
        "Which container of the definition is your workload?",
        "An answer is required only if the definition has several containers.",
        detail=True,
        needed=False,
        when=_has_definition,
    ),
    Question(
        "aws.config_delivery",
        "aws-workload",
        "How does the container get the credential configuration?",
        (
            "The definition contains the credential configuration's path. The wizard changes neither the image nor "
            "the entrypoint."
        ),
        kind="choice",
        offers=_deliveries,
        derive=_delivery,
        detail=True,
        when=_delivers_in_a_container,
    ),
    Question(
        "aws.function",
        "aws-workload",
        "Which Lambda function is your workload?",
        "If you choose a function, the wizard sets the role and the environment variables of the function. Leave the "
        "field empty to change the function yourself.",
        listing="functions",
        rule=checks.by(rules.function),
        detail=True,
        needed=False,
        when=_has_function,
    ),
    Question(
        "aws.instance",
        "aws-workload",
        "Which EC2 instance runs your workload?",
        "If you choose an instance, the wizard attaches the role to the instance. Leave the field empty to change the "
        "instance yourself.",
        listing="instances",
        rule=checks.by(rules.instance),
        detail=True,
        needed=False,
        when=_has_instance_metadata,
    ),
    Question(
        "aws.containerized",
        "aws-workload",
        "Does the program run in a container on the instance?",
        "Most containers need a hop limit of at least 2 to reach the instance metadata service.",
        kind="flag",
        derive=_containerized,
        detail=True,
        when=_has_instance_metadata,
    ),
    Question(
        "aws.imdsv2",
        "aws-workload",
        "Does the instance metadata service require a session token (IMDSv2)?",
        "The answer Yes works for nearly all instances: instances that accept requests without a token also accept "
        "requests with a token.",
        kind="flag",
        detail=True,
        derive=_imdsv2,
        when=_has_instance_metadata,
    ),
)
"""Page aws-workload."""
