"""Checks where a credential configuration takes the workload's own token from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wizard.federation.config_url import Problem, is_loopback, is_on_machine, split
from wizard.federation.credential_config import AWS_TOKEN_TYPE
from wizard.federation.file_kinds import FileKind, source_of
from wizard.language import _, translated

_SOURCE = "credential_source"
_GENERATE = "generate the file again"
_JWT, _ID_TOKEN, _SAML, _MTLS = (
    f"urn:ietf:params:oauth:token-type:{name}" for name in ("jwt", "id_token", "saml2", "mtls")
)
_TOKENS = (_JWT, _ID_TOKEN, _SAML)
_TOKEN_TYPES = {"aws": (AWS_TOKEN_TYPE,), "certificate": (_MTLS,)}
"""The types of the subject token, by the kind of the file; `_TOKENS` for the others."""

_IPV6 = "fd00:ec2::254"
_METADATA_HOSTS = ("169.254.169.254", _IPV6, "localhost", "127.0.0.1", "::1")
_CONTAINER_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23")
_AWS_STS = re.compile(
    r"sts(-fips)?(\.(\{region\}|[a-z0-9-]+))?\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.com\.cn)"
)
_CONTAINER = (
    "{url} is the credentials endpoint of ECS and EKS: google-auth would use this URL as the instance metadata "
    "service, and find no credentials"
)
_SUPPLIER = (
    "write http://169.254.169.254/..., as gcloud does. On Fargate, which has no instance metadata service, also give "
    "google-auth an AwsSecurityCredentialsSupplier in the application: the Result page of `wif-wizard` shows the "
    "code. If you cannot change the application, start the application with `wif-wizard serve-credentials`"
)
_IMDS = {
    "region_url": "/latest/meta-data/placement/availability-zone",
    "url": "/latest/meta-data/iam/security-credentials",
    "imdsv2_session_token_url": "/latest/api/token",
}
"""The URLs of a source in the form of IMDSv2, and their paths."""


def token_type(document: Mapping[str, Any], kind: FileKind) -> Problem | None:
    """Return a problem unless the type of the subject token fits the source."""
    fitting = _TOKEN_TYPES.get(kind.name, _TOKENS)
    found = document.get("subject_token_type")
    if found in fitting:
        return None
    if kind.name == "aws":
        what = _("the subject token type is {found!r}, which is not the type for AWS").format(found=found)
    else:
        what = _(
            "the subject token type is {found!r}, which does not match the source of the token ({subject})"
        ).format(found=found, subject=translated(kind.subject))
    return Problem("subject_token_type", what, _("write one of these types: {types}").format(types=", ".join(fitting)))


def problems(document: Mapping[str, Any], kind: FileKind) -> list[Problem]:
    """Return what is wrong with the credential source."""
    source = source_of(document)
    if not source:
        return [Problem(_SOURCE, _("the credential source is missing"), _(_GENERATE))]
    if kind.name == "aws":
        return _aws(source)
    named = [name for name in ("file", "url", "executable", "certificate") if name in source]
    if len(named) != 1:
        what = (
            _("the credential source names several sources: {names}").format(names=", ".join(named))
            if named
            else _("the credential source does not say where the token comes from")
        )
        return [Problem(_SOURCE, what, _("set exactly one of these fields: file, url, executable, certificate"))]
    checks = {"file": _file, "url": _url, "executable": _executable, "certificate": _certificate}
    found = [checks[named[0]](source[named[0]]), _format(source), _headers(source)]
    return [problem for problem in found if problem]


# AWS


def _aws(source: Mapping[str, Any]) -> list[Problem]:
    if "executable" in source:
        what = _("the file names a program: any application that uses the file could run this program")
        return [
            Problem(
                f"{_SOURCE}.executable",
                what,
                _("remove this field: an AWS workload does not need a program"),
                "WIF0110",
            )
        ]
    keys = ("region_url", "url", "imdsv2_session_token_url")
    found = [
        _environment(source.get("environment_id")),
        _verification(source.get("regional_cred_verification_url")),
        *(_metadata_url(key, source[key]) for key in keys if key in source),
    ]
    return [problem for problem in found if problem]


def _environment(environment: object) -> Problem | None:
    if environment == "aws1":
        return None
    return Problem(
        f"{_SOURCE}.environment_id",
        _("the environment {environment!r} is not supported").format(environment=environment),
        _("write aws1"),
        "WIF0104",
    )


def _verification(url: object) -> Problem | None:
    where = f"{_SOURCE}.regional_cred_verification_url"
    fix = _("write https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15")
    if split(url) is None:
        return Problem(where, _("the URL is missing or not valid"), fix, "WIF0105")
    if not is_aws_sts(url):
        return Problem(where, _("{url} is not an https URL of AWS STS").format(url=url), fix, "WIF0109")
    return None


def local_server(document: Mapping[str, Any]) -> str:
    """Return the host and port of a server like serve-credentials, which a configuration takes the credentials from.

    It is in the workload's own container, task or pod, and answers as the metadata service of an instance does. Returns
    an empty text for every other configuration.
    """
    source = source_of(document)
    if not source or source.get("environment_id") != "aws1":
        return ""
    addresses = [split(source.get(key)) for key in _IMDS]
    known = [address for address in addresses if address and address.scheme == "http" and is_loopback(address)]
    if [address.path for address in known] != list(_IMDS.values()):
        return ""
    hosts = {address.netloc for address in known}
    return hosts.pop() if len(hosts) == 1 else ""


def is_ipv6_metadata(document: Mapping[str, Any]) -> bool:
    """Return whether all addresses of a configuration are those of the IPv6 instance metadata service of EC2.

    An instance without IPv4 reaches only this address:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html
    """
    source = source_of(document)
    named = {key: source[key] for key in _IMDS if key in source}
    return {"url", "region_url"} <= named.keys() and all(
        url == f"http://[{_IPV6}]{_IMDS[key]}" for key, url in named.items()
    )


def is_aws_sts(url: object) -> bool:
    """Return whether a URL is one of AWS STS over https: global, regional, FIPS, dual-stack, in any partition."""
    address = split(url)
    return bool(address and address.scheme == "https" and _AWS_STS.fullmatch(address.netloc.removesuffix(":443")))


def _metadata_url(key: str, url: object) -> Problem | None:
    """Return a problem unless the URL, from which clients read AWS credentials, is on the workload's own machine."""
    address = split(url)
    if address and (address.hostname in _METADATA_HOSTS or is_loopback(address)):
        return None
    where = f"{_SOURCE}.{key}"
    if address and address.hostname in _CONTAINER_HOSTS:
        return Problem(where, _(_CONTAINER).format(url=url), _(_SUPPLIER), "WIF0202")
    fix = _("write a URL that starts with http://169.254.169.254, as gcloud does")
    return Problem(where, _("{url!r} is not a URL of the instance metadata service").format(url=url), fix)


# Others


def _file(path: object) -> Problem | None:
    if isinstance(path, str) and path.strip():
        return None
    return Problem(
        f"{_SOURCE}.file",
        _("{path!r} is not a valid file path").format(path=path),
        _("write the path of the token file"),
        "WIF0118",
    )


def _url(url: object) -> Problem | None:
    where, address = f"{_SOURCE}.url", split(url)
    if address is None:
        return Problem(where, _("{url!r} is not a URL").format(url=url), _("write the URL that returns the token"))
    if address.scheme != "https" and not is_on_machine(address):
        what = _(
            "the token would cross the network without encryption: {hostname} is another machine, and the URL "
            "does not use https"
        ).format(hostname=address.hostname)
        return Problem(where, what, _("write an https URL"))
    return None


def _executable(program: object) -> Problem | None:
    if isinstance(program, Mapping) and isinstance(program.get("command"), str) and program["command"].strip():
        return None
    return Problem(
        f"{_SOURCE}.executable",
        _("the executable source does not contain a command"),
        _("write the command in the field executable.command"),
    )


def _certificate(certificate: object) -> Problem | None:
    where = f"{_SOURCE}.certificate"
    if not isinstance(certificate, Mapping):
        return Problem(where, _("{certificate!r} is not a JSON object").format(certificate=certificate), _(_GENERATE))
    location = certificate.get("certificate_config_location")
    default = certificate.get("use_default_certificate_config") is True
    if bool(location) == default:
        return Problem(
            where,
            _(
                "the certificate source must name either a certificate configuration or the default certificate "
                "configuration, but not both"
            ),
            _("write certificate_config_location, or use_default_certificate_config: true, but not both"),
        )
    return None


def _format(source: Mapping[str, Any]) -> Problem | None:
    where, form = f"{_SOURCE}.format", source.get("format", {})
    if not isinstance(form, Mapping) or form.get("type", "text") not in ("text", "json"):
        return Problem(
            where, _("{form!r} is not a valid token format").format(form=form), _("write type: text, or type: json")
        )
    if form.get("type") == "json" and not isinstance(form.get("subject_token_field_name"), str):
        return Problem(
            where, _("the format does not name the field that contains the token"), _("write subject_token_field_name")
        )
    return None


def _headers(source: Mapping[str, Any]) -> Problem | None:
    headers = source.get("headers", {})
    if isinstance(headers, Mapping) and all(isinstance(value, str) for value in headers.values()):
        return None
    return Problem(
        f"{_SOURCE}.headers",
        _("the headers are not a JSON object with a string for each header name"),
        _("write the value of each header as a string"),
    )
