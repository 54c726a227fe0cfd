"""What to name instead of an ARN that the doctor cannot start from."""

from __future__ import annotations

import re

from wizard.language import N_, translated

_ARN = re.compile(r"arn:[a-z-]+:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):\d*:(?P<resource>\S+)", re.ASCII)
_NOT_A_ROLE = N_("{arn} is {kind}, not a role: enter the ARN of the workload's role")
_SHOW_ROLE = N_("{arn} is {kind}. Enter the ARN of its role instead. This command prints the ARN: {command}")
_SHOW_DEFINITION = N_(
    "{arn} is {kind}. Enter the ARN of its job or task definition instead. This command prints the ARN: {command}"
)
_UNKNOWN = N_("the doctor cannot start from {arn}: enter the ARN of a role, a job definition or a task definition")
_KINDS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("iam", "user"): (_NOT_A_ROLE, N_("an IAM user"), ""),
    ("iam", "root"): (_NOT_A_ROLE, N_("the root user of an AWS account"), ""),
    ("iam", "group"): (_NOT_A_ROLE, N_("an IAM group"), ""),
    ("iam", "policy"): (_NOT_A_ROLE, N_("an IAM policy"), ""),
    ("iam", "oidc-provider"): (_NOT_A_ROLE, N_("an IAM OIDC provider"), ""),
    ("iam", "instance-profile"): (
        _SHOW_ROLE,
        N_("an instance profile"),
        "aws iam get-instance-profile --instance-profile-name {name} --query 'InstanceProfile.Roles[].Arn' "
        "--output text",
    ),
    ("lambda", "function"): (
        _SHOW_ROLE,
        N_("a Lambda function"),
        "aws lambda get-function-configuration --function-name {arn} --region {region} --query Role --output text",
    ),
    ("ecs", "task"): (
        _SHOW_DEFINITION,
        N_("an ECS task"),
        "aws ecs describe-tasks --cluster {parent} --tasks {arn} --region {region} --query "
        "'tasks[].taskDefinitionArn' --output text",
    ),
    ("ecs", "service"): (
        _SHOW_DEFINITION,
        N_("an ECS service"),
        "aws ecs describe-services --cluster {parent} --services {arn} --region {region} --query "
        "'services[].taskDefinition' --output text",
    ),
    ("batch", "job"): (
        _SHOW_DEFINITION,
        N_("an AWS Batch job"),
        "aws batch describe-jobs --jobs {name} --region {region} --query 'jobs[].jobDefinition' --output text",
    ),
}
"""The sentence, the kind and the command, by the service and the type of the resource."""


def instead(given: str) -> str:
    """Return what to name instead of the ARN of another resource than a role or a definition; empty for other texts."""
    match = _ARN.fullmatch(given)
    if not match:
        return ""
    kind, *rest = re.split("[/:]", match["resource"])
    found = _KINDS.get((match["service"], kind))
    if found is None:
        return translated(_UNKNOWN).format(arn=given)
    sentence, title, command = found
    names = {"arn": given, "region": match["region"], "name": rest[-1] if rest else "", "parent": "default"}
    if len(rest) > 1:
        names["parent"] = rest[0]
    return translated(sentence).format(arn=given, kind=translated(title), command=command.format(**names))
