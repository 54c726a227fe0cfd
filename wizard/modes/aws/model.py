"""The setup file of a workload on AWS as types."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from wizard.modes.aws import texts as aws_texts
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.setup import service_accounts, texts
from wizard.setup.sections import Grant, Section, Setup, Via


class Aws(Section):
    """Where the workload runs, and as which role."""

    account: aws_texts.AccountId
    """The AWS account's id: 12 digits, in quotes."""
    region: aws_texts.AwsRegion
    """The AWS region in which the workload runs."""
    runtime: Annotated[str, texts.OneOf(RUNTIMES), Field(examples=["batch-fargate"])]
    """What runs the workload."""
    role: aws_texts.AwsRoleName
    """The name of the IAM role that the workload has: the task role, the instance's or the function's."""
    job_definition: str | None = None
    """The AWS Batch job definition to wire."""
    task_definition: str | None = None
    """The ECS task definition to wire."""
    container: str | None = None
    """The container of the definition, where it has several."""
    imdsv2: bool = False
    """Read an instance's credentials with a session token (IMDSv2)."""

    @field_validator("job_definition", "task_definition")
    @classmethod
    def _fits_the_runtime(cls, value: str | None, info: ValidationInfo) -> str | None:
        runtime, field = RUNTIMES.get(info.data.get("runtime", "")), info.field_name
        if value is not None and runtime is not None and runtime.definition != field:
            what = f'the runtime "{runtime.name}" has no {field}'
            raise texts.refused(what, f"remove {field}, or correct the runtime")
        return value


class Google(Section):
    """Where the workload's identities become known to Google Cloud."""

    project: texts.ProjectId
    """The id of the project that is worked in."""
    pool: aws_texts.PoolId
    """The id of the workload identity pool."""
    provider: aws_texts.ProviderId
    """The id of the pool's provider for the AWS account."""
    pool_project: texts.ProjectId | None = None
    """The id of the project in which the pool lives, if it is another."""
    attribute_mapping: dict[str, str] | None = None
    """The provider's attribute mapping, if not the one that fits the role."""
    attribute_condition: str | None = None
    """The provider's attribute condition, if not the one that admits the role alone."""


class Access(Section):
    """What the workload may do, and whether it does it by itself or as a service account."""

    via: Via = "direct"
    """direct: the workload's own principal gets the roles; service-account: a service account that it impersonates."""
    service_account: Annotated[texts.ServiceAccountName | None, Field(validate_default=True)] = None
    """The service account to impersonate: its name in google.project, or its e-mail."""
    token_lifetime: texts.Lifetime | None = None
    """How long an impersonated token lives, in seconds."""
    grants: Annotated[tuple[Grant, ...], Field(strict=False, examples=[[]])]
    """The roles that the workload needs."""

    @field_validator("service_account")
    @classmethod
    def _goes_with_via(cls, value: str | None, info: ValidationInfo) -> str | None:
        via = info.data.get("via")
        if via == "direct" and value is not None:
            raise texts.refused(
                "a service account is named, but access is direct",
                "write `via: service-account`, or remove service_account",
            )
        if via == "service-account" and value is None:
            raise texts.refused(
                "access is through a service account, but none is named",
                "write `service_account: NAME`, or `via: direct`",
            )
        return value

    @field_validator("token_lifetime")
    @classmethod
    def _needs_impersonation(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("via") == "direct":
            raise texts.refused("only tokens of a service account have a lifetime to choose", "remove token_lifetime")
        return value


class Probe(Section):
    """How the live test runs beside the workload; each is found out where it is not given."""

    image: str | None = None
    """The container image, with Python 3.8 or newer."""
    cluster: str | None = None
    """The ECS cluster."""
    subnets: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """The subnets of a Fargate task."""
    security_groups: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """The security groups of a Fargate task."""
    queue: str | None = None
    """The AWS Batch job queue."""
    execution_role: str | None = None
    """The ARN of the execution role."""


class AwsSetup(Setup):
    """A workload on AWS that is to use Google Cloud without a service account key."""

    mode: Literal["aws"]
    """Where the workload runs."""
    aws: Aws
    google: Google
    access: Access
    credential_config: texts.FileName | None = None
    """Where the credential configuration goes; clientLibraryConfig-PROVIDER.json if not given."""
    probe: Probe = Probe()

    @classmethod
    def example(cls) -> Self:
        """A small valid setup."""
        return cls.model_validate(
            {
                "version": 1,
                "mode": "aws",
                "aws": {
                    "account": "111122223333",
                    "region": "ap-northeast-1",
                    "runtime": "batch-fargate",
                    "role": "rds-to-bigquery",
                },
                "google": {"project": "acme-analytics", "pool": "aws-prod", "provider": "aws-111122223333"},
                "access": {"grants": [{"on": "projects/acme-analytics", "roles": ["roles/bigquery.jobUser"]}]},
            }
        )

    @property
    def role_name(self) -> str:
        """The name of the workload's role on AWS."""
        return self.aws.role

    @property
    def pool_project(self) -> str:
        """The id of the project in which the pool lives."""
        return self.google.pool_project or self.google.project

    @property
    def service_account_email(self) -> str | None:
        """The e-mail of the service account to impersonate; None for direct access."""
        name = self.access.service_account
        return None if name is None else service_accounts.email_of(name, self.google.project)

    @property
    def service_account_project(self) -> str:
        """The id of the project that the service account lives in: its e-mail may name another than google.project."""
        return service_accounts.project_of(self.service_account_email or "", self.google.project)

    @property
    def credential_config_path(self) -> str:
        """Where the credential configuration goes, relative to the setup file unless absolute."""
        return self.credential_config or f"clientLibraryConfig-{self.google.provider}.json"
