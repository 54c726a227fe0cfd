"""The operator's clients of a sandbox, in the process of a test, whose own environment leads nowhere."""

from collections.abc import Mapping
from typing import Any

import boto3
import requests
from botocore.config import Config


def boto(variables: Mapping[str, str], service: str, **more: Any) -> Any:
    """A boto3 client with the keys and the region of a sandbox's variables."""
    given: dict[str, Any] = {
        "region_name": variables["AWS_REGION"],
        "aws_access_key_id": variables["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": variables["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": variables.get("AWS_SESSION_TOKEN"),
        "verify": variables["AWS_CA_BUNDLE"],
        "config": Config(proxies={"https": variables["HTTPS_PROXY"]}),
    }
    return boto3.client(service, **{**given, **more})


def http(variables: Mapping[str, str]) -> requests.Session:
    """A session that goes through the sandbox's proxy."""
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"https": variables["HTTPS_PROXY"], "http": variables["HTTP_PROXY"]}
    session.verify = variables["SSL_CERT_FILE"]
    return session
