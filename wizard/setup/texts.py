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


def checked(rule: Callable[[str], rules.Broken | None]) -> AfterValidator:
    """A validator that refuses what breaks the rule."""
    return AfterValidator(partial(_keep, rule))


def rule_of(field: FieldInfo | None) -> Callable[[str], rules.Broken | None] | None:
    """The rule that a field of the setup is checked by; None for a field without one."""
    for each in field.metadata if field else ():
        if isinstance(each, AfterValidator) and isinstance(each.func, partial):
            rule: Callable[[str], rules.Broken | None] = each.func.args[0]
            return rule
    return None


def _keep(rule: Callable[[str], rules.Broken | None], value: str) -> str:
    if broken := rule(value):
        raise refused(broken.what, broken.fix)
    return value


def like(example: str, pattern: str | None = None) -> FieldInfo:
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


ProjectId = Annotated[str, checked(rules.project_id), like("acme-analytics", rules.PROJECT_ID)]
GoogleRole = Annotated[str, checked(rules.role), like("roles/bigquery.jobUser", rules.ROLE)]
ResourceName = Annotated[str, checked(rules.resource), like("projects/acme-analytics", rules.RESOURCE)]
ServiceAccountName = Annotated[str, checked(rules.service_account), like("bigquery-loader")]
FileName = Annotated[str, checked(rules.file_name), like("clientLibraryConfig-aws.json")]
Lifetime = Annotated[int, AfterValidator(_seconds), Field(examples=[3600])]
