"""The session policies that AssumeRole takes. Source: AWS STS API reference, AssumeRole (Policy, PolicyArns)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .directory import Directory
from .errors import AwsRefusal, out_of_bounds

_LONGEST = 2048
"""Of an inline session policy, in characters."""
_ARN = re.compile(r"PolicyArns\.member\.\d+\.arn", re.ASCII)


def session_policies(parameters: Mapping[str, str], directory: Directory) -> tuple[str, ...] | None:
    """The documents (JSON text) of the session policies in a request; None if it has none. Raises AwsRefusal."""
    arns = [value for name, value in parameters.items() if _ARN.fullmatch(name)]
    inline = parameters.get("Policy")
    if inline is None and not arns:
        return None
    documents = [_managed(arn, directory) for arn in arns]
    if inline is not None:
        documents.append(_checked(inline))
    return tuple(documents)


def _managed(arn: str, directory: Directory) -> str:
    document = directory.managed_policy(arn)
    if document is None:
        raise AwsRefusal("MalformedPolicyDocument", f"Policy {arn} does not exist or is not attachable.", 400)
    return document


def _checked(document: str) -> str:
    from moto.iam.exceptions import MalformedPolicyDocument
    from moto.iam.policy_validation import IAMPolicyDocumentValidator

    if len(document) > _LONGEST:
        constraint = f"Member must have length less than or equal to {_LONGEST}"
        raise out_of_bounds(document, "policy", constraint)
    try:
        IAMPolicyDocumentValidator(document).validate()
    except MalformedPolicyDocument as error:
        raise AwsRefusal("MalformedPolicyDocument", str(error.message), 400) from error
    return document
