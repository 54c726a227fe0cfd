"""Problems and notes that no single line of a setup shows, such as an expression that does not compile."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.language import _
from wizard.modes.aws import expressions
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.role_sessions import role_sessions
from wizard.setup.access_checks import Access, direct_notes, direct_problems, placement_problems, role_notes
from wizard.setup.problems import SetupProblem


def problems(setup: AwsSetup) -> list[SetupProblem]:
    """Return every problem of a setup. Calls no cloud."""
    return [*_expressions(setup), *direct_problems(_access(setup)), *placement_problems(_access(setup))]


def notes(setup: AwsSetup) -> list[str]:
    """Return the limits that the operator should know, each once."""
    access = _access(setup)
    return list(dict.fromkeys([*direct_notes(access), *role_notes(access)]))


def _access(setup: AwsSetup) -> Access:
    return Access("access.", setup.access.via == "direct", setup.access.grants, "service_account: NAME")


def _not_for_service_accounts(mapping: object, condition: object) -> Iterator[SetupProblem]:
    """Yield that the wizard derives the mapping and the condition from a Kubernetes service account."""
    for key, value in (("attribute_mapping", mapping), ("attribute_condition", condition)):
        if value is not None:
            what = _("for the runtime eks, the wizard derives the {key} from the service account").format(key=key)
            yield SetupProblem(f"google.{key}", None, what, _("remove {key}").format(key=key))


def _expressions(setup: AwsSetup) -> Iterator[SetupProblem]:
    mapping, condition = setup.google.attribute_mapping, setup.google.attribute_condition
    if not setup.role_name:
        yield from _not_for_service_accounts(mapping, condition)
        return
    if mapping:
        wanted = setup.aws
        sessions = role_sessions(wanted.account, setup.role_name, wanted.runtime, wanted.region)
        yield from expressions.mapping_problems(mapping, sessions)
    if condition:
        yield from expressions.condition_problems(condition)
