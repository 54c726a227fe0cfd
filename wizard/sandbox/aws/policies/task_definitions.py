"""The task definitions of an account, as far as policies look at them."""

from __future__ import annotations

from typing import Any


def revision_arn(account: str, region: str, name: str) -> str | None:
    """The ARN of the revision of a task definition (given by family, family:revision or ARN); None if it is missing."""
    found = _find(account, region, name)
    return None if found is None else str(found.arn)


def roles(account: str, region: str, name: str) -> dict[str, str]:
    """Its taskRoleArn and executionRoleArn, those that it has."""
    found = _find(account, region, name)
    given = {
        "taskRoleArn": getattr(found, "task_role_arn", None),
        "executionRoleArn": getattr(found, "execution_role_arn", None),
    }
    return {parameter: str(role) for parameter, role in given.items() if role}


def _find(account: str, region: str, name: str) -> Any:
    from moto.ecs.models import ecs_backends

    family, _, revision = name.rpartition("/")[2].partition(":")
    revisions = ecs_backends[account][region].task_definitions.get(family, {})
    if revision:
        return revisions.get(int(revision)) if revision.isdigit() else None
    active = [number for number, definition in revisions.items() if definition.status == "ACTIVE"]
    return revisions[max(active)] if active else None
