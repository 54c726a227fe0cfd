"""The environment variables that lead programs to a sandbox, and the private files that they name.

Sources: the manuals of curl, Node.js and Java; gcloud's properties; google-auth and gRPC, as they are written. What a
client reads was tried with each of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from .env_file import write_private

NO_PROXY = "127.0.0.1,localhost"
"""Hosts that are never reached through a proxy."""

TRUST_STORE_PASSWORD = "sandbox"
_OVERRIDES = {
    "IAM": "iam/",
    "IAMCREDENTIALS": "iamcredentials/",
    "STS": "sts/",
    "CLOUDRESOURCEMANAGER": "cloudresourcemanager/",
    "SERVICEUSAGE": "serviceusage/",
    "BIGQUERY": "bigquery/bigquery/v2/",
    "CONTAINER": "container/",
    "STORAGE": "storage/storage/v1/",
    "LOGGING": "logging/",
    "PUBSUB": "pubsub/",
    "SECRETMANAGER": "secretmanager/",
    "SPANNER": "spanner/",
    "ARTIFACTREGISTRY": "artifactregistry/",
    "CLOUDKMS": "cloudkms/",
    "OAUTH2": "oauth2/",
}


@dataclass(frozen=True)
class GoogleOperator:
    """The operator of the Google side: a project, an access token, and a refresh token that gives others."""

    project: str
    token: str
    refresh_token: str


def way_out(port: int, bundle: Path) -> dict[str, str]:
    """What leads any program through the proxy at the port, and makes it trust the certificates in the bundle (PEM)."""
    url, file = f"http://127.0.0.1:{port}", str(bundle)
    proxies = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")  # gRPC and curl read some in lower case only
    trust = (
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "AWS_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
        "CURL_CA_BUNDLE",
        "HTTPLIB2_CA_CERTS",
    )
    return {
        **dict.fromkeys(proxies, url),
        **dict.fromkeys(trust, file),
        "NO_PROXY": NO_PROXY,
        "no_proxy": NO_PROXY,
        "NODE_USE_ENV_PROXY": "1",
    }


def java(port: int, private: Path, trust_store: bytes) -> dict[str, str]:
    """The same for Java, which reads its own properties; writes the trust store into the private directory."""
    path = private / "java-trust-store.p12"
    write_private(path, trust_store)
    properties = {
        "https.proxyHost": "127.0.0.1",
        "https.proxyPort": str(port),
        "http.proxyHost": "127.0.0.1",
        "http.proxyPort": str(port),
        "http.nonProxyHosts": NO_PROXY.replace(",", "|"),
        "javax.net.ssl.trustStore": str(path),
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": TRUST_STORE_PASSWORD,
    }
    return {"JAVA_TOOL_OPTIONS": " ".join(f"-D{name}={value}" for name, value in properties.items())}


def google(private: Path, operator: GoogleOperator) -> dict[str, str]:
    """Who gcloud and Google's libraries are; writes the files of the operator (0600) into the private directory.

    No program finds credentials of the person at the keyboard: a call that got away would carry none that are real.
    """
    token_file, default = private / "google-access-token", private / "application-default-credentials.json"
    write_private(token_file, operator.token)
    document = {
        "type": "authorized_user",
        "client_id": "sandbox.apps.googleusercontent.com",
        "client_secret": "sandbox",
        "refresh_token": operator.refresh_token,
        "quota_project_id": operator.project,
        "universe_domain": "googleapis.com",
    }
    write_private(default, json.dumps(document, indent=2) + "\n")
    config = private / "gcloud"
    config.mkdir(mode=0o700)
    return {
        "CLOUDSDK_CONFIG": str(config),
        "CLOUDSDK_CORE_PROJECT": operator.project,
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "0",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token_file),
        "GOOGLE_APPLICATION_CREDENTIALS": str(default),
        "GOOGLE_CLOUD_PROJECT": operator.project,
    }


def google_endpoints(url: str, grpc: str) -> dict[str, str]:
    """Where gcloud and the wizard find the Google side without a proxy: its URL, and HOST:PORT for gRPC."""
    overrides = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}": f"{url}/{path}" for name, path in _OVERRIDES.items()}
    return {
        **overrides,
        "CLOUDSDK_AUTH_TOKEN_INTROSPECTION_ENDPOINT": f"{url}/sts/v1/introspect",
        "IAM_EMULATOR_HOST": grpc,
        "NO_PROXY": NO_PROXY,
        "no_proxy": NO_PROXY,
    }


def nobody_on_aws(private: Path) -> dict[str, str]:
    """The variables that keep aws and botocore from finding any credentials: the files that they name are empty."""
    files = {"AWS_CONFIG_FILE": private / "aws-config", "AWS_SHARED_CREDENTIALS_FILE": private / "aws-credentials"}
    for path in files.values():
        write_private(path, "")
    return {**{name: str(path) for name, path in files.items()}, "AWS_EC2_METADATA_DISABLED": "true"}


def aws(key_id: str, secret: str, region: str) -> dict[str, str]:
    """Who aws and botocore are."""
    return {
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
