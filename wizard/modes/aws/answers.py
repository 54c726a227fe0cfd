"""Convert between the answers about a workload on AWS and its setup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.modes.aws import derived, google_questions, workload_questions
from wizard.setup import access_answers
from wizard.setup.problems import SetupProblem

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup
    from wizard.setup.answers import Answers

QUESTIONS = (*workload_questions.QUESTIONS, *google_questions.QUESTIONS)
"""Every question about a workload on AWS, page by page."""

_NOT_IN_SETUP = (
    "aws.profile",
    "trust.who",
    "access.on",
    "access.resource",
    "access.product",
    "access.roles",
    "access.has_key",
)
"""Questions whose paths are not keys of a setup."""

_IN_SETUP = {
    "access.grants[0].on": "access.on",
    "access.grants[0].roles": "access.roles",
    "access.grants[1].on": "access.resource",
    "access.grants[1].roles": "access.roles",
    "google.attribute_mapping": "google.attribute_mapping",
}
"""The start of a key in a setup -> the path of the question that it belongs to."""

_ONLY_EXPLICIT = (
    "aws.config_delivery",
    "aws.containerized",
    "google.pool_project",
    "google.attribute_mapping",
    "access.token_lifetime",
    "credential_config",
)
"""Left out of a setup while their defaults apply: the setup means the same without them."""


def fill(answers: Answers, setup: AwsSetup) -> None:
    """Store the answers that give this setup."""
    data = setup.model_dump(mode="json", exclude_none=True)
    granted = access_answers.from_grants(data["access"].pop("grants") or [], setup.google.project)
    answers.kept = {"grants": list(granted.further)} | setup.model_dump(include={"probe"}, exclude_defaults=True)
    for path, answer in granted.answers.items():
        answers.set(path, answer)
    if setup.aws.role_path:
        answers.kept["role_path"] = {setup.aws.role: setup.aws.role_path}
    answers.kept["access"] = setup.access.model_dump(include={"disable_keys"}, exclude_defaults=True)
    if setup.access.replaces:
        answers.set("access.has_key", True)
    _fill_trust(answers, setup)
    for question in QUESTIONS:
        value = _value_at(data, question.path) if question.shown(answers) else None
        if isinstance(value, dict):
            answers.set(question.path, derived.mapping_text(value))
        elif isinstance(value, list):
            answers.set(question.path, tuple(value))
        elif value is not None:
            answers.set(question.path, value if isinstance(value, bool) else str(value))


def data(answers: Answers) -> dict[str, Any]:
    """Return the setup that the answers describe, as plain data. Questions that are not shown are left out."""
    setup: dict[str, Any] = {"version": 1, "mode": "aws", "aws": {}, "google": {}, "access": {}}
    for question in QUESTIONS:
        if question.path not in _NOT_IN_SETUP and question.shown(answers):
            _set_value(setup, question.path, _setup_value(answers, question.path))
    if answers.get("trust.who") == "account":
        condition = derived.account_condition(answers.text("aws.account"), answers.text("aws.region"))
        setup["google"]["attribute_condition"] = condition
    setup["access"]["grants"] = _grants(answers)
    _set_value(setup, "aws.role_path", answers.kept.get("role_path", {}).get(answers.text("aws.role")))
    if setup["access"].get("replaces"):
        setup["access"] |= answers.kept.get("access", {})
    return setup | {key: value for key, value in answers.kept.items() if key == "probe"}


def at_question(problem: SetupProblem) -> SetupProblem:
    """Return the problem with the path of the question whose answer it is about."""
    where = problem.where
    for key, path in _IN_SETUP.items():
        if problem.where.startswith(key):
            where = path
            break
    return replace(problem, where=where, line=None)


def _fill_trust(answers: Answers, setup: AwsSetup) -> None:
    condition = setup.google.attribute_condition
    if condition:
        wide = derived.account_condition(setup.aws.account, setup.aws.region)
        answers.set("trust.who", "account" if condition == wide else "own")


def _setup_value(answers: Answers, path: str) -> Any:
    """Return an answer as a setup has it; None if the setup leaves it out."""
    if path in _ONLY_EXPLICIT and path not in answers.explicit():
        return None
    value = answers.get(path)
    if path == "google.attribute_mapping":
        return derived.mapping_of(str(value)) if value else None
    if path == "access.token_lifetime" and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value) if len(value) < 10 else value
    return value


def _grants(answers: Answers) -> list[dict[str, Any]]:
    """Return the grant from the answers, and the further grants of a file."""
    further: list[dict[str, Any]] = answers.kept.get("grants", [])
    if answers.get("access.roles") is None and "grants" in answers.kept:  # a file can grant nothing
        return further
    return [*access_answers.to_grants(answers), *further]


def _value_at(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _set_value(data: dict[str, Any], path: str, value: Any) -> None:
    """Store a value in nested sections; an empty value is left out."""
    *sections, key = path.split(".")
    for section in sections:
        data = data[section]
    if value not in (None, "", ()):
        data[key] = list(value) if isinstance(value, tuple) else value
