"""What a JSON or YAML file is, where it is not what a command asked for: credentials of every kind, and other files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.language import N_

EXTERNAL_ACCOUNT = "external_account"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its name, a title such as "a service account key", and what to do with such a file.

    `subject` is where a credential configuration takes the workload's own token from; it is empty for other files.
    The texts are in English, and translated where they are shown.
    """

    name: str
    title: str
    advice: str
    subject: str = ""

    @property
    def is_configuration(self) -> bool:
        """Whether it is a credential configuration for a workload, of any source."""
        return bool(self.subject)


_GENERATE = N_("generate a credential configuration for the workload with wif-wizard apply or with gcloud")

_FEDERATED = {
    kind.name: kind
    for kind in (
        FileKind("aws", N_("a credential configuration for AWS"), "", N_("AWS credentials")),
        FileKind("azure", N_("a credential configuration for Azure"), "", N_("Azure's instance metadata service")),
        FileKind("file", N_("a credential configuration with a token from a file"), "", N_("a file")),
        FileKind("url", N_("a credential configuration with a token from a URL"), "", N_("a URL")),
        FileKind("executable", N_("a credential configuration with a token from a program"), "", N_("a program")),
        FileKind(
            "certificate", N_("a credential configuration with an X.509 certificate"), "", N_("an X.509 certificate")
        ),
        FileKind(
            "workforce",
            N_("a credential configuration for users (workforce identity federation)"),
            "",
            N_("the sign-in of a user"),
        ),
        FileKind(
            "unknown",
            N_("a credential configuration with a source that the wizard does not know"),
            "",
            N_("an unknown source"),
        ),
    )
}

AWS = _FEDERATED["aws"]

_TYPES = {
    "service_account": FileKind(
        "service_account",
        N_("a service account key, the long-lived secret that federation replaces"),
        N_(
            "generate a credential configuration for the workload with wif-wizard apply or with gcloud, and delete the "
            "key when the live test passes"
        ),
    ),
    "authorized_user": FileKind(
        "authorized_user",
        N_("the credentials of a user (gcloud auth application-default login)"),
        N_("use the credential configuration of the workload"),
    ),
    "external_account_authorized_user": FileKind(
        "external_account_authorized_user",
        N_("user credentials from workforce identity federation"),
        N_("use the credential configuration of the workload"),
    ),
    "impersonated_service_account": FileKind(
        "impersonated_service_account",
        N_("credentials that impersonate a service account, with other credentials as their source"),
        N_(
            "use the workload's credential configuration, which can impersonate the service account without other "
            "credentials"
        ),
    ),
    "gdch_service_account": FileKind(
        "gdch_service_account",
        N_("a service account key of Google Distributed Cloud"),
        N_(
            "generate a credential configuration for the workload with wif-wizard apply or with gcloud; Google "
            "Distributed Cloud has its own service accounts"
        ),
    ),
}

_KUBECONFIG = FileKind("kubeconfig", N_("a kubeconfig"), N_("set KUBECONFIG to this file, and pass a setup file"))
_OTHERS: tuple[tuple[frozenset[str], FileKind], ...] = (
    (
        frozenset({"apiVersion", "kind"}),
        FileKind("manifest", N_("a Kubernetes manifest"), N_("pass a setup file; the wizard writes manifests itself")),
    ),
    (frozenset({"Statement"}), FileKind("aws-policy", N_("an AWS policy"), N_("pass a setup file"))),
    (frozenset({"bindings"}), FileKind("google-policy", N_("an IAM policy of Google Cloud"), N_("pass a setup file"))),
    (frozenset({"terraform_version"}), FileKind("terraform", N_("a Terraform state file"), N_("pass a setup file"))),
    (frozenset({"installed"}), FileKind("oauth-client", N_("an OAuth client"), N_("pass a setup file"))),
    (frozenset({"web"}), FileKind("oauth-client", N_("an OAuth client"), N_("pass a setup file"))),
    (
        frozenset({"cert_configs"}),
        FileKind(
            "cert-config", N_("a certificate configuration, to which a credential configuration refers"), _GENERATE
        ),
    ),
    (frozenset({"AccessKeyId"}), FileKind("aws-keys", N_("an AWS access key"), N_("pass a setup file"))),
    (frozenset({"AccessKey"}), FileKind("aws-keys", N_("an AWS access key"), N_("pass a setup file"))),
    (frozenset({"Credentials"}), FileKind("aws-keys", N_("an AWS access key"), N_("pass a setup file"))),
)
"""Keys that a file has -> what it is then, in the order in which they are tried."""


def kind_of(document: object) -> FileKind | None:
    """Return the kind of a document: plain data of a JSON or YAML file. None if it is none that is known."""
    if not isinstance(document, Mapping):
        return None
    declared = document.get("type")
    if declared == EXTERNAL_ACCOUNT:
        return _federated(document)
    if isinstance(declared, str) and declared in _TYPES:
        return _TYPES[declared]
    if "private_key" in document and "client_email" in document:
        return _TYPES["service_account"]
    if document.get("kind") == "Config" and "apiVersion" in document:
        return _KUBECONFIG
    return next((kind for keys, kind in _OTHERS if keys <= document.keys()), None)


def source_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the credential source of a configuration; empty if it has none."""
    source = document.get("credential_source")
    return source if isinstance(source, Mapping) else {}


def _federated(document: Mapping[str, Any]) -> FileKind:
    if "/workforcePools/" in str(document.get("audience")):
        return _FEDERATED["workforce"]
    return _FEDERATED[_source_name(document)]


def _source_name(document: Mapping[str, Any]) -> str:
    source = source_of(document)
    if "environment_id" in source or "regional_cred_verification_url" in source or _is_signed_for_aws(document):
        return "aws"
    for name in ("executable", "certificate", "file"):
        if name in source:
            return name
    if "url" in source:
        return "azure" if "/metadata/identity/oauth2/token" in str(source["url"]) else "url"
    return "unknown"


def _is_signed_for_aws(document: Mapping[str, Any]) -> bool:
    return "aws4_request" in str(document.get("subject_token_type"))
