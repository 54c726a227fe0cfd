"""What IAM demands of pools and providers before it stores them (IAM v1 reference; its own words where known)."""

import re
from collections.abc import Mapping
from typing import Any

from wizard.federation.cel import ATTRIBUTE_VARIABLES, ExpressionError, Program
from wizard.sandbox.json_value import JSON

from .refusals import InvalidError, UnknownFieldError

SOURCES = ("aws", "oidc", "saml", "x509")
"""The kinds of provider; a provider has the field of its kind. The sandbox exchanges tokens for AWS and OIDC."""

POOL_MODES = ("FEDERATION_ONLY", "TRUST_DOMAIN", "SYSTEM_TRUST_DOMAIN")

_ID = re.compile(r"[0-9a-z-]{4,32}")
_CUSTOM_ATTRIBUTE = re.compile(r"attribute\.[a-z0-9_]{1,100}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_EXPRESSION_LIMIT = 2048
_CONDITION_LIMIT = 4096
_CUSTOM_LIMIT = 50
"""The longest mapped expression and condition, in characters, and the most custom attributes (IAM v1 discovery)."""

_ANY_TYPE = ("",)
_IN_QUOTES = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_CLAIM = re.compile(r"\b(assertion|attribute|google)\s*[.\[]")
_MULTI_TENANT = ("https://token.actions.githubusercontent.com",)
"""Issuers that everybody shares, so that only a condition tells one's own tokens from those of others (reported)."""

_POOL = "workload_identity_pool"
_PROVIDER = "workload_identity_pool_provider"
_IGNORED = ("name", "state", "expireTime")
"""Output-only: clients send them back, IAM takes no notice (recorded for name)."""

_COMMON: dict[str, type] = {"displayName": str, "description": str, "disabled": bool}
POOL_FIELDS: dict[str, type] = {**_COMMON, "mode": str}
PROVIDER_FIELDS: dict[str, type] = {
    **_COMMON,
    "attributeMapping": dict,
    "attributeCondition": str,
    **dict.fromkeys(SOURCES, dict),
}
_SOURCE_FIELDS: dict[str, dict[str, type]] = {
    "aws": {"accountId": str},
    "oidc": {"issuerUri": str, "allowedAudiences": list, "jwksJson": str},
    "saml": {"idpMetadataXml": str},
    "x509": {"trustStore": dict},
}


def check_id(parameter: str, value: str) -> None:
    """Refuse an id that is not 4 to 32 of [a-z0-9-], or that has Google's own prefix `gcp-`."""
    if not _ID.fullmatch(value) or value.startswith("gcp-"):
        raise InvalidError(f"Invalid {parameter}: it must be 4-32 characters of [a-z0-9-] and not start with gcp-.")


def pool_fields(document: Mapping[str, JSON]) -> dict[str, JSON]:
    """The settable fields of a pool's document, checked against IAM's rules. Raises InvalidError."""
    fields = _typed(document, POOL_FIELDS, _POOL)
    _check_texts(fields)
    if fields.get("mode", POOL_MODES[0]) not in POOL_MODES:
        raise InvalidError("Invalid mode.")
    return fields


def provider_fields(document: Mapping[str, JSON]) -> dict[str, JSON]:
    """The settable fields of a provider's document, checked against IAM's rules, mapping and condition compiled."""
    fields = _typed(document, PROVIDER_FIELDS, _PROVIDER)
    _check_texts(fields)
    kinds = [kind for kind in SOURCES if kind in fields]
    if len(kinds) != 1:
        raise InvalidError("A provider needs exactly one of aws, oidc, saml, x509.")
    _check_source(kinds[0], fields[kinds[0]])
    mapping = fields.get("attributeMapping", {})
    _check_mapping(kinds[0], mapping)
    condition = fields.get("attributeCondition", "")
    _compile(mapping, condition)
    _check_tenant(fields.get("oidc", {}), condition)
    return fields


def _typed(document: Mapping[str, JSON], types: Mapping[str, type], path: str) -> dict[str, JSON]:
    """The document without output-only fields and nulls, refused when a field is unknown or has another type."""
    fields = {key: value for key, value in document.items() if key not in _IGNORED and value is not None}
    for key, value in fields.items():
        if key not in types:
            raise UnknownFieldError(key, path)
        if not isinstance(value, types[key]):
            raise InvalidError(f"Invalid value for {key}.")
    return fields


def _check_texts(fields: Mapping[str, Any]) -> None:
    if len(fields.get("displayName", "")) > 32:
        raise InvalidError("display name must be less than or equal to 32 characters")
    if len(fields.get("description", "")) > 256:
        raise InvalidError("description must be less than or equal to 256 characters")


def _check_source(kind: str, document: Mapping[str, JSON]) -> None:
    source = _typed(document, _SOURCE_FIELDS[kind], f"{_PROVIDER}.{kind}")
    if kind == "aws":
        if not _ACCOUNT.fullmatch(source.get("accountId", "")):
            raise InvalidError("aws.accountId must be an AWS account id of 12 digits.")
    elif kind == "saml":
        if not source.get("idpMetadataXml"):
            raise InvalidError("saml.idpMetadataXml must be the metadata of an identity provider.")
    elif kind == "oidc":
        _check_oidc(source)


def _check_oidc(source: Mapping[str, Any]) -> None:
    audiences = source.get("allowedAudiences", [])
    if not source.get("issuerUri", "").startswith("https://"):
        raise InvalidError("oidc.issuerUri must be an https URL.")
    if len(audiences) > 10 or not all(isinstance(one, str) and len(one) <= 256 for one in audiences):
        raise InvalidError("oidc.allowedAudiences takes at most 10 audiences of at most 256 characters.")


def _check_mapping(kind: str, mapping: Mapping[str, JSON]) -> None:
    for key, expression in mapping.items():
        if key not in ("google.subject", "google.groups") and not _CUSTOM_ATTRIBUTE.fullmatch(key):
            raise InvalidError(
                f"Invalid mapped attribute key: {key}. "
                "Custom mapped attributes must be in format 'attribute.{custom_attribute}'"
            )
        if not isinstance(expression, str):
            raise InvalidError(f"The expression mapped to {key} must be a string.")
    if "google.subject" not in mapping and (mapping or kind != "aws"):
        raise InvalidError("The attribute mapping must include google.subject.")


def _compile(mapping: Mapping[str, str], condition: str) -> None:
    """Compile every expression; a mapped one may be of any type: IAM stores `true` as a subject (recorded).

    The token service refuses it later. Raises InvalidError for an expression that is not CEL, or too long, and for too
    many attributes.
    """
    if sum(key.startswith("attribute.") for key in mapping) > _CUSTOM_LIMIT:
        raise InvalidError(f"The attribute mapping has more than {_CUSTOM_LIMIT} custom attributes.")
    try:
        for key, expression in mapping.items():
            _check_length(key, expression, _EXPRESSION_LIMIT)
            Program(key, expression, {"assertion": ATTRIBUTE_VARIABLES["assertion"]}, _ANY_TYPE)
        if condition:
            _check_length("attributeCondition", condition, _CONDITION_LIMIT)
            Program("attributeCondition", condition, ATTRIBUTE_VARIABLES, ("BOOL",))
    except ExpressionError as error:
        raise InvalidError(f"Error in {error}") from error


def _check_length(key: str, expression: str, most: int) -> None:
    if len(expression) > most:
        raise InvalidError(f"The expression of {key} has more than {most} characters.")


def _check_tenant(oidc: Mapping[str, JSON], condition: str) -> None:
    """Refuse a provider for an issuer that everybody shares, if its condition names no claim (reported)."""
    issuer = str(oidc.get("issuerUri", ""))
    shared = any(issuer == one or issuer.startswith(f"{one}/") for one in _MULTI_TENANT)
    if shared and not _CLAIM.search(_IN_QUOTES.sub("", condition)):
        raise InvalidError("The attribute condition must reference one of the provider's claims.")
