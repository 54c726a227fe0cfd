"""The setup file of a workload on AWS as types."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from wizard.federation import eks
from wizard.federation.aws import SUBJECT_LIMIT, partition_of
from wizard.language import _
from wizard.modes.aws import rules
from wizard.modes.aws import texts as aws_texts
from wizard.modes.aws.runtimes import RUNTIMES, Runtime
from wizard.setup import service_accounts, texts
from wizard.setup.sections import Grant, Section, Setup, Via

_ONE_OF_THEM = "correct one of the two values"


class Aws(Section):
    """Where the workload runs, and with which role."""

    account: aws_texts.AccountId
    """The AWS account ID: 12 digits, in quotes."""
    region: aws_texts.AwsRegion
    """The AWS region in which the workload runs."""
    runtime: Annotated[str, texts.OneOf(RUNTIMES), Field(examples=["batch-fargate"])]
    """The runtime of the workload."""
    role: Annotated[aws_texts.AwsRoleName | None, Field(validate_default=True, examples=["rds-to-bigquery"])] = None
    """The name or the ARN of the workload's IAM role: the task role, job role, instance role or function role."""
    role_path: aws_texts.AwsRolePath | None = None
    """The path of the role, if it must be this one. The ARN of the role has it."""
    job_definition: aws_texts.AwsDefinition | None = None
    """The AWS Batch job definition that starts the workload: the plan gives it the role and its variables."""
    task_definition: aws_texts.AwsDefinition | None = None
    """The ECS task definition that starts the workload: the plan gives it the role and its variables."""
    container: str | None = None
    """The workload's container, if the definition has several."""
    services: Annotated[tuple[aws_texts.AwsEcsService, ...], Field(strict=False, examples=[["prod/orders"]])] = ()
    """The ECS services to update to the new revision of the task definition: CLUSTER/SERVICE."""
    function: aws_texts.AwsFunction | None = None
    """The Lambda function that is the workload: the plan gives it the role and its variables."""
    instance: aws_texts.AwsInstance | None = None
    """The EC2 instance that runs the workload: the plan gives it the instance profile."""
    containerized: bool = False
    """Whether the program runs in a container on the EC2 instance: then the metadata service must allow two hops."""
    config_delivery: Annotated[Literal["file", "environment"], Field(examples=["environment"])] = "file"
    """file: the image or the deployment package has the credential configuration. environment: a variable of the
    definition has its content, and the container's entrypoint writes the file."""
    imdsv2: bool = False
    """Whether clients read an instance's credentials with a session token (IMDSv2)."""
    cluster: Annotated[aws_texts.EksClusterName | None, Field(validate_default=True, examples=["shop"])] = None
    """The name of the EKS cluster in which the workload runs, for the runtime eks."""
    namespace: Annotated[aws_texts.Namespace | None, Field(validate_default=True, examples=["orders"])] = None
    """The namespace of the workload's Kubernetes service account, for the runtime eks."""
    service_account: Annotated[
        aws_texts.KubernetesServiceAccount | None, Field(validate_default=True, examples=["loader"])
    ] = None
    """The workload's Kubernetes service account, for the runtime eks."""
    issuer: aws_texts.Issuer | None = None
    """The issuer of the cluster's tokens, if the wizard cannot read it from AWS."""

    @property
    def wires(self) -> bool:
        """Whether the setup names what runs the workload, so that the plan changes it."""
        return any((self.job_definition, self.task_definition, self.function, self.instance))

    @model_validator(mode="before")
    @classmethod
    def _read_arn(cls, data: Any) -> Any:
        """Take the account and the path from the ARN of the role, if the setup does not name them."""
        arn = rules.role_arn(data.get("role")) if isinstance(data, dict) else None
        if arn is None:
            return data
        path = {"role_path": arn.path} if arn.path else {}
        return {"account": arn.account, **path, **data}

    @field_validator("role", "cluster", "namespace", "service_account", "issuer", mode="before")
    @classmethod
    def _goes_with_the_identity(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse a key that the runtime does not use, and a missing one that it needs."""
        runtime, field = RUNTIMES.get(info.data.get("runtime", "")), info.field_name
        if runtime is None:
            if field == "role" and value is None:
                raise PydanticCustomError("missing", _("a required key is missing"))
            return value
        used = (field == "role") == (runtime.workload_identity == "role")
        if used and value is None and field != "issuer":
            raise PydanticCustomError("missing", _("a required key is missing"))
        if value is not None and not used:
            what = _('the runtime "{name}" does not use {field}').format(name=runtime.name, field=field)
            raise texts.refused(what, _("remove {field}, or correct the runtime").format(field=field))
        return value

    @field_validator("service_account")
    @classmethod
    def _fits_into_a_subject(cls, value: str | None, info: ValidationInfo) -> str | None:
        subject = eks.subject(info.data.get("namespace") or "", value or "")
        if value is not None and len(subject) > SUBJECT_LIMIT:
            what = _(
                "the subject {subject} has {count} bytes, but Google Cloud accepts at most {subject_limit} bytes"
            ).format(subject=subject, count=len(subject), subject_limit=SUBJECT_LIMIT)
            raise texts.refused(what, _("use a shorter name for the service account or the namespace"))
        return value

    @field_validator("role", mode="before")
    @classmethod
    def _name_of_role(cls, value: Any, info: ValidationInfo) -> Any:
        """Return the name of the role, and refuse an ARN that contradicts the account, the region or the path."""
        arn = rules.role_arn(value)
        if arn is None:
            return value
        account, region = info.data.get("account", arn.account), info.data.get("region")
        if account != arn.account:
            raise texts.refused(
                _("the role is in account {account}, but aws.account is {account2}").format(
                    account=arn.account, account2=account
                ),
                _(_ONE_OF_THEM),
            )
        if region is not None and partition_of(region) != arn.partition:
            raise texts.refused(
                _("the role is in partition {partition}, but aws.region is {region}").format(
                    partition=arn.partition, region=region
                ),
                _(_ONE_OF_THEM),
            )
        return arn.name

    @field_validator("job_definition", "task_definition", "function", "instance")
    @classmethod
    def _fits_the_runtime(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Refuse what the runtime does not use, and an ARN of another account or region."""
        if value is not None:
            _refuse_other_runtime(info, lambda runtime: runtime.definition == info.field_name)
            _refuse_other_place(value, info)
        return value

    @field_validator("services")
    @classmethod
    def _has_a_task_definition(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if value and info.data.get("task_definition") is None:
            raise texts.refused(_("aws.services requires a task definition in the setup"), _("add aws.task_definition"))
        return value

    @field_validator("containerized")
    @classmethod
    def _on_an_instance(cls, value: bool, info: ValidationInfo) -> bool:
        if value:
            _refuse_other_runtime(info, lambda runtime: runtime.delivery == "instance metadata")
        return value

    @field_validator("config_delivery")
    @classmethod
    def _in_a_container(cls, value: str, info: ValidationInfo) -> str:
        if value == "environment":
            _refuse_other_runtime(info, lambda runtime: runtime.packaging == "image")
        return value


def _refuse_other_runtime(info: ValidationInfo, fits: Callable[[Runtime], bool]) -> None:
    runtime = RUNTIMES.get(info.data.get("runtime", ""))
    if runtime is not None and not fits(runtime):
        what = _('the runtime "{name}" does not use {field_name}').format(name=runtime.name, field_name=info.field_name)
        raise texts.refused(what, _("remove {field_name}, or correct the runtime").format(field_name=info.field_name))


def _refuse_other_place(value: str, info: ValidationInfo) -> None:
    """Refuse an ARN of another account, region or kind of definition."""
    if not value.startswith("arn:"):
        return
    region, account, what = value.split(":")[3:6]
    for key, actual in (("account", account), ("region", region)):
        if info.data.get(key, actual) != actual:
            wanted = info.data[key]
            raise texts.refused(
                _("{field_name} is in {key} {actual}, but aws.{key} is {wanted}").format(
                    field_name=info.field_name, key=key, actual=actual, wanted=wanted
                ),
                _(_ONE_OF_THEM),
            )
    kind = what.partition("/")[0].replace("-", "_")
    if kind != info.field_name:
        fix = _("write the ARN of a {field_name}").format(field_name=info.field_name)
        raise texts.refused(_("the ARN is for a different kind of resource: {what}").format(what=what), fix)


class Google(Section):
    """The project, pool and provider in Google Cloud."""

    project: texts.ProjectId
    """The ID of the project."""
    pool: aws_texts.PoolId
    """The ID of the workload identity pool."""
    provider: aws_texts.ProviderId
    """The ID of the pool's provider for the AWS account (for `eks`: for the cluster)."""
    pool_project: texts.ProjectId | None = None
    """The ID of the pool's project, if it is another project."""
    attribute_mapping: dict[str, str] | None = None
    """The provider's attribute mapping, if it is not the default for the role."""
    attribute_condition: str | None = None
    """The provider's attribute condition, if it is not the one that admits only the role."""


class Access(Section):
    """The workload's roles, and whether it uses them directly or through a service account."""

    via: Via = "direct"
    """direct: the workload's own principal gets the roles; service-account: a service account that it impersonates."""
    service_account: Annotated[texts.ServiceAccountName | None, Field(validate_default=True)] = None
    """The service account to impersonate: its name in google.project, or its email address."""
    token_lifetime: texts.Lifetime | None = None
    """How long an impersonated token is valid, in seconds."""
    replaces: Annotated[texts.ServiceAccountName | None, Field(validate_default=True)] = None
    """The service account whose key the workload used before: its name in google.project, or its email address."""
    disable_keys: bool = False
    """Whether to disable the keys of that service account, after everything else."""
    grants: Annotated[tuple[Grant, ...], Field(strict=False, examples=[[]])]
    """The roles that the workload needs."""

    @field_validator("service_account")
    @classmethod
    def _goes_with_via(cls, value: str | None, info: ValidationInfo) -> str | None:
        via = info.data.get("via")
        if via == "direct" and value is not None:
            raise texts.refused(
                _("the setup names a service account, but access is direct"),
                _("write `via: service-account`, or remove service_account"),
            )
        if via == "service-account" and value is None:
            raise texts.refused(
                _("the setup uses a service account, but does not name the account"),
                _("write `service_account: NAME`, or `via: direct`"),
            )
        return value

    @field_validator("disable_keys")
    @classmethod
    def _needs_replaces(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("replaces"):
            raise texts.refused(
                _("the setup does not name the service account whose keys the wizard must disable"),
                _("write `replaces: NAME`, or remove disable_keys"),
            )
        return value

    @field_validator("token_lifetime")
    @classmethod
    def _needs_impersonation(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("via") == "direct":
            raise texts.refused(
                _("you can choose the lifetime only for tokens of a service account"), _("remove token_lifetime")
            )
        return value


class Probe(Section):
    """How the live test runs a one-off task. Values that are not given are detected."""

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
    """A workload on AWS that uses Google Cloud without a service account key."""

    mode: Literal["aws"]
    """Where the workload runs."""
    aws: Aws
    google: Google
    access: Access
    credential_config: texts.FileName | None = None
    """The path of the credential configuration; clientLibraryConfig-PROVIDER.json if not given."""
    probe: Probe = Probe()

    @classmethod
    def example(cls) -> Self:
        """Return a small valid setup."""
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
        """The name of the workload's role on AWS; empty if its identity is not a role."""
        return self.aws.role or ""

    @property
    def kubernetes_account(self) -> str:
        """The workload's Kubernetes service account, as NAMESPACE/NAME, for the runtime eks."""
        return f"{self.aws.namespace}/{self.aws.service_account}"

    @property
    def pool_project(self) -> str:
        """The ID of the pool's project."""
        return self.google.pool_project or self.google.project

    @property
    def service_account_email(self) -> str | None:
        """The email of the service account to impersonate; None for direct access."""
        name = self.access.service_account
        return None if name is None else service_accounts.email_of(name, self.google.project)

    @property
    def replaced(self) -> tuple[str, str] | None:
        """The project ID and the email of the service account whose key the workload used before; None if unknown."""
        return service_accounts.located(self.access.replaces, self.google.project)

    @property
    def service_account_project(self) -> str:
        """The ID of the service account's project: its email can name another project than google.project."""
        return service_accounts.project_of(self.service_account_email or "", self.google.project)

    @property
    def credential_config_path(self) -> str:
        """The path of the credential configuration: absolute, or relative to the setup file."""
        return self.credential_config or f"clientLibraryConfig-{self.google.provider}.json"
