"""Between the answers about a workload on AWS and a setup as plain data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.modes.aws import derived, google_questions, workload_questions
from wizard.setup.problems import SetupProblem

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup
    from wizard.setup.answers import Answers

QUESTIONS = (*workload_questions.QUESTIONS, *google_questions.QUESTIONS)
"""Every question about a workload on AWS, page by page."""

_OF_THEIR_OWN = ("aws.profile", "trust.who", "access.on", "access.product", "access.roles")
"""Questions whose answers do not stand at their own paths in a setup."""

_IN_SETUP = {
    "access.grants[0].on": "access.on",
    "access.grants[0].roles": "access.roles",
    "google.attribute_mapping": "google.attribute_mapping",
}
"""The beginning of a place in a setup -> the question whose answer stands there."""

_ONLY_EXPLICIT = ("google.pool_project", "google.attribute_mapping", "access.token_lifetime", "credential_config")
"""Left out of a setup as long as their defaults hold: the setup means the same without them."""


def take(answers: Answers, setup: AwsSetup) -> None:
    """Answer as this setup does."""
    data = setup.model_dump(mode="json", exclude_none=True)
    first, *further = data["access"].pop("grants") or [None]
    answers.kept = {"grants": further} | setup.model_dump(include={"probe"}, exclude_defaults=True)
    if first:
        answers.set("access.on", first["on"].removeprefix("projects/"))
        answers.set("access.roles", tuple(first["roles"]))
    _take_trust(answers, setup)
    for each in QUESTIONS:
        value = _at(data, each.path) if each.shown(answers) else None
        if isinstance(value, dict):
            answers.set(each.path, derived.mapping_text(value))
        elif value is not None:
            answers.set(each.path, value if isinstance(value, bool) else str(value))


def data(answers: Answers) -> dict[str, Any]:
    """The setup, with what is asked now and answered."""
    made: dict[str, Any] = {"version": 1, "mode": "aws", "aws": {}, "google": {}, "access": {}}
    for each in QUESTIONS:
        if each.path not in _OF_THEIR_OWN and each.shown(answers):
            _put(made, each.path, _written(answers, each.path))
    if answers.get("trust.who") == "account":
        condition = derived.account_condition(answers.text("aws.account"), answers.text("aws.region"))
        made["google"]["attribute_condition"] = condition
    made["access"]["grants"] = _grants(answers)
    return made | {key: value for key, value in answers.kept.items() if key == "probe"}


def at_question(problem: SetupProblem) -> SetupProblem:
    """A problem at the path of the question whose answer it is about."""
    beginnings = (key for key in _IN_SETUP if problem.where.startswith(key))
    where = next((_IN_SETUP[key] for key in beginnings), problem.where)
    return replace(problem, where=where, line=None)


def _take_trust(answers: Answers, setup: AwsSetup) -> None:
    condition = setup.google.attribute_condition
    if condition:
        wide = derived.account_condition(setup.aws.account, setup.aws.region)
        answers.set("trust.who", "account" if condition == wide else "own")


def _written(answers: Answers, path: str) -> Any:
    """An answer as a setup has it; None where it has none."""
    if path in _ONLY_EXPLICIT and path not in answers.explicit():
        return None
    value = answers.get(path)
    if path == "google.attribute_mapping":
        return derived.mapping_of(str(value)) if value else None
    if path == "access.token_lifetime" and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value) if len(value) < 10 else value
    return value


def _grants(answers: Answers) -> list[dict[str, Any]]:
    """The grant that is asked for, and those that a file had beside it."""
    further: list[dict[str, Any]] = answers.kept.get("grants", [])
    project, roles = answers.text("access.on"), answers.get("access.roles")
    if roles is None and "grants" in answers.kept:  # a file may grant nothing
        return further
    chosen = list(roles) if isinstance(roles, tuple) else []
    return [{"on": f"projects/{project}", "roles": chosen}, *further]


def _at(data: dict[str, Any], path: str) -> Any:
    found: Any = data
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Write a value into nested sections; an empty answer is left out."""
    *sections, key = path.split(".")
    for section in sections:
        data = data[section]
    if value not in (None, ""):
        data[key] = value
