"""Remove what live tests left that were killed, as the journal has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wizard.clouds.aws import Aws
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal
from wizard.modes.aws.live import trusted
from wizard.modes.aws.live.task import function
from wizard.modes.aws.live.task.batch import remove_job
from wizard.modes.aws.live.task.ecs import remove_task
from wizard.resources.trust_quota import AwsCalls

_REMOVE: dict[str, Callable[[AwsCalls, str, Mapping[str, Any]], None]] = {
    "one-off job": remove_job,
    "one-off task": remove_task,
    function.KIND: function.remove_function,
    trusted.KIND: trusted.remove_statement,
}
"""The kind of a record -> what removes it."""

_REMOVED = "The wizard removed the {kind} {name}, which an interrupted live test left."
_NOT_REMOVED = "The wizard could not remove the {kind} {name}, which an interrupted live test left: {error}"


def remove(account: str | None, environ: Mapping[str, str], journal: Journal) -> list[str]:
    """Remove everything that killed tests left in an account. Returns one sentence each. Raises JournalError.

    Without an account, it is that of the operator's credentials. Does nothing if they are for another account.
    """
    left_on_aws = [each for each in journal.abandoned() if each.kind in _REMOVE]
    found = [each for each in left_on_aws if account in (None, each.place.get("account"))]
    said = []
    for left in found:
        aws = Aws(environ, str(left.place["region"]))
        try:
            if str(aws.caller()["Account"]) != left.place["account"]:
                continue
            _REMOVE[left.kind](aws, left.name, left.place)
        except CloudError as error:
            said.append(_NOT_REMOVED.format(kind=left.kind, name=left.name, error=error))
            continue
        journal.forget(left.id)
        said.append(_REMOVED.format(kind=left.kind, name=left.name))
    return said
