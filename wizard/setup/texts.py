"""Types of texts (and one number) that a rule governs: checked when read, described in the published schema."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

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
