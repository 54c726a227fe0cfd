"""The AWS side of the sandbox: one account, served by moto behind a gate that refuses as AWS does."""

from .cloud import AwsCloud
from .errors import AwsRefusal
from .identity import AccessKey, CallerIdentity

__all__ = ["AccessKey", "AwsCloud", "AwsRefusal", "CallerIdentity"]
