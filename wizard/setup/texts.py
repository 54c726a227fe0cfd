"""Types of texts (and one number) that a rule governs: checked when read, described in the published schema."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from wizard.setup import rules


def refused(what: str, fix: str) -> PydanticCustomError:
    """The error that a validator raises: what is wrong, and what to write instead."""
    return PydanticCustomError("rule", "{what}; {fix}", {"what": what, "fix": fix})


def _checked(rule: Callable[[str], rules.Broken | None]) -> AfterValidator:
    return AfterValidator(partial(_keep, rule))


def _keep(rule: Callable[[str], rules.Broken | None], value: str) -> str:
    if broken := rule(value):
        raise refused(broken.what, broken.fix)
    return value


def _like(example: str, pattern: str | None = None) -> FieldInfo:
    """An example, for messages and the schema, and the pattern that the schema publishes."""
    schema: FieldInfo = Field(examples=[example], json_schema_extra={"pattern": pattern} if pattern else None)
    return schema


@dataclass(frozen=True)
class OneOf:
    """An annotation: the value is one of the names, as they are when it is checked or published."""

    names: Collection[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"enum": list(self.names)}

    def _known(self, value: object) -> object:
        if value in tuple(self.names):
            return value
        raise PydanticCustomError("choice", "not one of the choices", {"choices": list(self.names)})


def _seconds(value: int) -> int:
    if broken := rules.token_lifetime(value):
        raise refused(broken.what, broken.fix)
    return value


PoolId = Annotated[str, _checked(rules.pool_id), _like("aws-prod", rules.POOL_ID)]
ProviderId = Annotated[str, _checked(rules.provider_id), _like("aws-111122223333", rules.POOL_ID)]
ProjectId = Annotated[str, _checked(rules.project_id), _like("acme-analytics", rules.PROJECT_ID)]
AccountId = Annotated[str, _checked(rules.account_id), _like("111122223333", rules.ACCOUNT_ID)]
AwsRegion = Annotated[str, _checked(rules.region), _like("ap-northeast-1", rules.REGION)]
AwsRoleName = Annotated[str, _checked(rules.role_name), _like("rds-to-bigquery", rules.AWS_ROLE_NAME)]
GoogleRole = Annotated[str, _checked(rules.role), _like("roles/bigquery.jobUser", rules.ROLE)]
ResourceName = Annotated[str, _checked(rules.resource), _like("projects/acme-analytics", rules.RESOURCE)]
ServiceAccountName = Annotated[str, _checked(rules.service_account), _like("bigquery-loader")]
ClusterName = Annotated[str, _checked(rules.cluster), _like("payments", rules.GKE_NAME)]
NodePoolName = Annotated[str, _checked(rules.node_pool), _like("default-pool", rules.GKE_NAME)]
Location = Annotated[str, _checked(rules.location), _like("asia-northeast1", rules.GKE_LOCATION)]
Namespace = Annotated[str, _checked(rules.namespace), _like("anti-fraud", rules.DNS_LABEL)]
KubernetesServiceAccountName = Annotated[
    str, _checked(rules.kubernetes_service_account), _like("scorer", rules.DNS_SUBDOMAIN)
]
FileName = Annotated[str, _checked(rules.file_name), _like("clientLibraryConfig-aws.json")]
Lifetime = Annotated[int, AfterValidator(_seconds), Field(examples=[3600])]
