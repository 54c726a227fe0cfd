"""Types for values with a rule. pydantic checks the rule, and the published schema has its pattern."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from wizard.language import _
from wizard.setup import rules


def refused(what: str, fix: str) -> PydanticCustomError:
    """Return the error that a validator raises: what is wrong, and what to write instead."""
    return PydanticCustomError("rule", "{what}; {fix}", {"what": what, "fix": fix})


def checked(rule: Callable[[str], rules.Broken | None]) -> AfterValidator:
    """Return a validator that refuses values that break the rule."""
    return AfterValidator(partial(_check, rule))


def rule_of(field: FieldInfo | None) -> Callable[[str], rules.Broken | None] | None:
    """Return the rule of a setup field; None for a field without a rule."""
    for annotation in field.metadata if field else ():
        if isinstance(annotation, AfterValidator) and isinstance(annotation.func, partial):
            rule: Callable[[str], rules.Broken | None] = annotation.func.args[0]
            return rule
    return None


def _check(rule: Callable[[str], rules.Broken | None], value: str) -> str:
    broken = rule(value)
    if broken:
        raise refused(broken.what, broken.fix)
    return value


def like(example: str, pattern: str | None = None) -> FieldInfo:
    """Return a field with an example, for messages and the schema, and a pattern, for the schema."""
    schema: FieldInfo = Field(examples=[example], json_schema_extra={"pattern": pattern} if pattern else None)
    return schema


@dataclass(frozen=True)
class OneOf:
    """An annotation for a value that is one of `names`. The names are read on each check, so they can grow."""

    names: Collection[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"enum": list(self.names)}

    def _check(self, value: object) -> object:
        if value in tuple(self.names):
            return value
        raise PydanticCustomError("choice", _("the value is not a valid choice"), {"choices": list(self.names)})


def _seconds(value: int) -> int:
    broken = rules.token_lifetime(value)
    if broken:
        raise refused(broken.what, broken.fix)
    return value


ProjectId = Annotated[str, checked(rules.project_id), like("acme-analytics", rules.PROJECT_ID)]
GoogleRole = Annotated[str, checked(rules.role), like("roles/bigquery.jobUser", rules.ROLE)]
ResourceName = Annotated[str, checked(rules.resource), like("projects/acme-analytics", rules.RESOURCE)]
ServiceAccountName = Annotated[str, checked(rules.service_account), like("bigquery-loader")]
FileName = Annotated[str, checked(rules.file_name), like("clientLibraryConfig-aws.json")]
Lifetime = Annotated[int, AfterValidator(_seconds), Field(examples=[3600])]
