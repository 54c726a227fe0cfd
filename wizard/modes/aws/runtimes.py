"""The runtimes of AWS, and how they differ. To add a runtime, add a row to `_ROWS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wizard.federation.aws import partition_of
from wizard.federation.trust import TrustedService
from wizard.language import N_, _

Identity = Literal["role", "service account"]
"""What a workload is to Google: an IAM role, or a Kubernetes service account, whose cluster signs a token."""

Delivery = Literal["container endpoint", "environment", "instance metadata", "token file"]
"""How a workload gets the credentials of its role, or the token of its service account."""

Packaging = Literal["image", "deployment package", "machine", "pod"]
"""What the credential configuration is deployed in."""

Definition = Literal["job_definition", "task_definition", "function", "instance"]
"""The key in a setup for what runs the workload: a definition that starts it, a function, or an instance."""

_READ_BY_GOOGLE_AUTH: tuple[Delivery, ...] = ("environment", "instance metadata", "token file")


@dataclass(frozen=True)
class Service:
    """The AWS service that assumes the workload's role.

    `source` is the service in aws:SourceArn, if AWS documents that the service sends it and aws:SourceAccount. It is
    None otherwise: a trust policy that required these keys would admit no session.
    """

    principal: str
    title: str
    source: str | None = None


@dataclass(frozen=True)
class Runtime:
    """One way to run a workload on AWS."""

    name: str
    """The value of `aws.runtime` in a setup."""
    title: str
    note: str
    """What runs there, in a few words."""
    service: Service | None
    """The service that assumes the workload's role; None if the workload's identity is not a role."""
    role_title: str
    """The title of the workload's role, or of its token, in the picture of the credential chain."""
    identity: str
    """Which of the runtime's roles is the workload's identity, in one or two sentences."""
    session_length: int
    """The longest role session name that the runtime uses, in characters."""
    delivery: Delivery
    packaging: Packaging
    folder: str = "/etc/google"
    """The folder of the credential configuration in the workload's file system."""
    environment: str = ""
    """Where the workload's environment variables are defined, in the words of AWS."""
    session_beginning: str = ""
    """The start of each role session name."""
    definition: Definition | None = None
    platform: str = "EC2"
    """The platform, as AWS Batch names it."""
    plain_file: str = ""
    """Evidence of what google-auth finds there without a supplier, since a test on another machine cannot show it."""
    sidecar: Definition | None = None
    """The definition that can have serve-credentials in a container of its own, which shares 127.0.0.1 with the others.
    """
    unchanged: str = ""
    """Why an application that cannot be changed does not get the role's credentials there."""
    variables: tuple[str, ...] = ()
    """Environment variables that AWS sets only in this runtime."""

    @property
    def workload_identity(self) -> Identity:
        """What the workload is to Google."""
        return "role" if self.service else "service account"

    @property
    def needs_supplier(self) -> bool:
        """Whether Google's auth libraries need a supplier: they read only the environment and the instance metadata."""
        return self.delivery not in _READ_BY_GOOGLE_AUTH

    def session_name(self, filling: str) -> str:
        """Return a role session name of the greatest length. `filling` (64 characters) is its unique part."""
        return (self.session_beginning + filling)[: self.session_length]

    def trusted_service(self, account: str, region: str) -> TrustedService:
        """Return the service as trust policies in an account name it. Raises ValueError for a runtime without roles."""
        if self.service is None:
            raise ValueError(_("{name} does not use an IAM role").format(name=self.name))
        source = self.service.source
        if source is None:
            return TrustedService(self.service.principal, role_account=account)
        arn = f"arn:{partition_of(region)}:{source}:{region}:{account}"
        return TrustedService(self.service.principal, account, arn, account)


_ECS_TASKS = Service("ecs-tasks.amazonaws.com", "ECS tasks", source="ecs")  # AWS Batch starts ECS tasks
_EC2 = Service("ec2.amazonaws.com", "EC2")
_LAMBDA = Service("lambda.amazonaws.com", "Lambda")

_TASK_ID, _INSTANCE_ID, _FUNCTION_NAME = 32, 19, 64  # characters
_TASK = N_(
    "The task runs with the role in taskRoleArn. AWS itself uses the role in executionRoleArn to pull the image, to "
    "read secrets and to write logs; Google Cloud does not see that role."
)
_TASK_ON_HOST = N_(
    "The task runs with the role in taskRoleArn. AWS itself uses the role in executionRoleArn to pull the image, to "
    "read secrets and to write logs; Google Cloud does not see that role. The instance role belongs to the host, not "
    "to the task."
)
_JOB = N_(
    "The job runs with the role in jobRoleArn. AWS itself uses the role in executionRoleArn to pull the image, to "
    "read secrets and to write logs; Google Cloud does not see that role."
)
_JOB_ON_HOST = N_(
    "The job runs with the role in jobRoleArn. AWS itself uses the role in executionRoleArn to pull the image, to "
    "read secrets and to write logs; Google Cloud does not see that role. The instance role belongs to the host, not "
    "to the job."
)
_TASK_ENVIRONMENT = N_("containerDefinitions[].environment of the task definition")
_JOB_ENVIRONMENT = N_("containerProperties.environment of the job definition")
_NO_METADATA = N_("Fargate has no instance metadata service")
_HOST_ROLE = N_(
    "on an EC2 host, the instance metadata service serves credentials of the host's role, not of the task's role"
)
_HOST_NETWORK = N_(
    "AWS Batch runs jobs on EC2 in the host network mode, so every job on the instance could read the credentials from "
    "wif-wizard serve-credentials. Add a credential supplier to the application, or run the job on Fargate."
)
_CONTAINER_VARIABLES = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "ECS_CONTAINER_METADATA_URI_V4")

_ROWS = (
    Runtime(
        name="ecs-fargate",
        title="Amazon ECS on Fargate",
        note=N_("tasks and services that do not use your own instances"),
        service=_ECS_TASKS,
        role_title="Task role",
        identity=_TASK,
        session_length=_TASK_ID,
        delivery="container endpoint",
        packaging="image",
        environment=_TASK_ENVIRONMENT,
        definition="task_definition",
        platform="FARGATE",
        plain_file=_NO_METADATA,
        sidecar="task_definition",
        variables=_CONTAINER_VARIABLES,
    ),
    Runtime(
        name="ecs-ec2",
        title="Amazon ECS on EC2",
        note=N_("tasks and services on the instances of your cluster"),
        service=_ECS_TASKS,
        role_title="Task role",
        identity=_TASK_ON_HOST,
        session_length=_TASK_ID,
        delivery="container endpoint",
        packaging="image",
        environment=_TASK_ENVIRONMENT,
        definition="task_definition",
        plain_file=_HOST_ROLE,
        sidecar="task_definition",
        variables=_CONTAINER_VARIABLES,
    ),
    Runtime(
        name="batch-fargate",
        title="AWS Batch on Fargate",
        note=N_("jobs that AWS Batch starts as Fargate tasks"),
        service=_ECS_TASKS,
        role_title="Job role",
        identity=_JOB,
        session_length=_TASK_ID,
        delivery="container endpoint",
        packaging="image",
        environment=_JOB_ENVIRONMENT,
        definition="job_definition",
        platform="FARGATE",
        plain_file=_NO_METADATA,
        sidecar="job_definition",
        variables=_CONTAINER_VARIABLES,
    ),
    Runtime(
        name="batch-ec2",
        title="AWS Batch on EC2",
        note=N_("jobs that AWS Batch starts on EC2 instances"),
        service=_ECS_TASKS,
        role_title="Job role",
        identity=_JOB_ON_HOST,
        session_length=_TASK_ID,
        delivery="container endpoint",
        packaging="image",
        environment=_JOB_ENVIRONMENT,
        definition="job_definition",
        plain_file=_HOST_ROLE,
        unchanged=_HOST_NETWORK,
        variables=_CONTAINER_VARIABLES,
    ),
    Runtime(
        name="ec2",
        title="Amazon EC2",
        note=N_("a program that runs directly on an instance"),
        service=_EC2,
        role_title="Instance role",
        identity=N_(
            "The program runs with the role in the instance profile. AWS access keys in the environment take "
            "precedence."
        ),
        session_length=_INSTANCE_ID,
        session_beginning="i-0",
        delivery="instance metadata",
        packaging="machine",
        definition="instance",
    ),
    Runtime(
        name="lambda",
        title="AWS Lambda",
        note=N_("a function"),
        service=_LAMBDA,
        role_title="Function role",
        identity=N_("The function runs with its execution role, which is the only role of a Lambda function."),
        session_length=_FUNCTION_NAME,
        session_beginning="the-name-of-a-function-",
        delivery="environment",
        packaging="deployment package",
        definition="function",
        folder="/var/task",
        environment=N_("the function's environment variables"),
        variables=("AWS_LAMBDA_FUNCTION_NAME",),
    ),
    Runtime(
        name="eks",
        title="Amazon EKS",
        note=N_("pods with a Kubernetes service account, without an IAM role"),
        service=None,
        role_title="Pod's token",
        identity=N_(
            "The pod's identity is its Kubernetes service account, whose token the cluster signs. Google Cloud "
            "does not see an IAM role: Google's auth libraries do not use the IAM roles of IRSA or EKS Pod Identity."
        ),
        session_length=0,
        delivery="token file",
        packaging="pod",
        folder="/etc/workload-identity",
        environment=N_("spec.containers[].env of the pod"),
    ),
)

RUNTIMES: dict[str, Runtime] = {runtime.name: runtime for runtime in _ROWS}
"""The runtimes by name."""


def with_role() -> dict[str, Runtime]:
    """Return the runtimes whose workloads have an IAM role, by name."""
    return {name: runtime for name, runtime in RUNTIMES.items() if runtime.service}
