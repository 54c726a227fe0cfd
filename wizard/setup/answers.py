"""The operator's answers, apart from the defaults that hold until there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wizard.setup import derived
from wizard.setup.every_question import QUESTIONS, on_page, question
from wizard.setup.problems import SetupError, SetupProblem
from wizard.setup.question import Found, Value

if TYPE_CHECKING:
    from wizard.setup.model import AwsSetup

_OF_THEIR_OWN = ("trust.who", "access.on", "access.product", "access.roles")
"""Questions whose answers do not stand at their own paths in a setup."""

_IN_SETUP = {
    "access.grants[0].on": "access.on",
    "access.grants[0].roles": "access.roles",
    "google.attribute_mapping": "google.attribute_mapping",
}
"""The beginning of a place in a setup -> the question whose answer stands there."""

_ONLY_EXPLICIT = ("google.pool_project", "google.attribute_mapping", "access.token_lifetime", "credential_config")
"""Left out of a setup as long as their defaults hold: the setup means the same without them."""


class Answers:
    """Path -> answer: the operator's own, or else a default, detected on this machine or derived from other answers."""

    def __init__(self, detected: Mapping[str, Found] | None = None) -> None:
        """`detected` are defaults by path, each with its source (wizard.detect)."""
        self.detected: dict[str, Found] = dict(detected or {})
        self._explicit: dict[str, Value] = {}
        self._kept: dict[str, Any] = {}

    def get(self, path: str) -> Value | None:
        """The operator's answer, else the default, else None; also for a question that is not shown now."""
        if path in self._explicit:
            return self._explicit[path]
        found = self.found(path)
        return found.value if found else None

    def text(self, path: str) -> str:
        """The answer as text, empty when there is none."""
        value = self.get(path)
        return value if isinstance(value, str) else ""

    def roles(self) -> tuple[str, ...]:
        """Every role that the setup will grant, those of further grants in a file included."""
        chosen = self.get("access.roles")
        further = [role for grant in self._kept.get("grants", []) for role in grant["roles"]]
        return (*(chosen if isinstance(chosen, tuple) else ()), *further)

    def set(self, path: str, value: Value) -> None:
        """Answer; KeyError when there is no such question."""
        question(path)
        self._explicit[path] = value

    def clear(self, path: str) -> None:
        """Take an answer back: the default holds again."""
        self._explicit.pop(path, None)

    def found(self, path: str) -> Found | None:
        """The default and where it came from; None when there is none, or when the operator has answered."""
        return None if path in self._explicit else question(path).default(self)

    def explicit(self) -> dict[str, Value]:
        """What the operator has answered, by path."""
        return dict(self._explicit)

    def missing(self, page: str) -> list[tuple[str, str]]:
        """The questions of a page that need another answer, each with what is wrong and what to do."""
        shown = (each for each in on_page(page) if each.shown(self))
        return [(each.path, problem) for each in shown if (problem := each.check(self.get(each.path), self))]

    def to_setup(self) -> AwsSetup:
        """The setup that the answers mean. SetupError has every problem, `where` being the path of its question."""
        from wizard import consistency
        from wizard.setup import load
        from wizard.setup.model import AwsSetup

        try:
            setup = load.from_data(self._data())
            assert isinstance(setup, AwsSetup)  # the mode says so
            if problems := consistency.problems(setup):
                raise SetupError(problems)
        except SetupError as error:
            raise SetupError([_at_question(each) for each in error.problems], "this setup") from error
        return setup

    @classmethod
    def from_setup(cls, setup: AwsSetup, detected: Mapping[str, Found] | None = None) -> Answers:
        """The answers that make this setup; what no question asks for (further grants, probe) is kept."""
        answers = cls(detected)
        data = setup.model_dump(mode="json", exclude_none=True)
        first, *further = data["access"].pop("grants") or [None]
        answers._kept = {"grants": further} | setup.model_dump(include={"probe"}, exclude_defaults=True)
        if first:
            answers.set("access.on", first["on"].removeprefix("projects/"))
            answers.set("access.roles", tuple(first["roles"]))
        answers._take_trust(setup)
        answers._take(data)
        return answers

    def _take(self, data: dict[str, Any]) -> None:
        for each in QUESTIONS:
            value = _at(data, each.path) if each.shown(self) else None
            if isinstance(value, dict):
                self.set(each.path, derived.mapping_text(value))
            elif value is not None:
                self.set(each.path, value if isinstance(value, bool) else str(value))

    def _take_trust(self, setup: AwsSetup) -> None:
        condition = setup.google.attribute_condition
        if condition:
            wide = derived.account_condition(setup.aws.account, setup.aws.region)
            self.set("trust.who", "account" if condition == wide else "own")

    def _data(self) -> dict[str, Any]:
        """The setup as plain data, with what is asked now and answered."""
        data: dict[str, Any] = {"version": 1, "mode": "aws", "aws": {}, "google": {}, "access": {}}
        for each in QUESTIONS:
            if each.path not in _OF_THEIR_OWN and each.shown(self):
                _put(data, each.path, self._written(each.path))
        if self.get("trust.who") == "account":
            condition = derived.account_condition(self.text("aws.account"), self.text("aws.region"))
            data["google"]["attribute_condition"] = condition
        data["access"]["grants"] = self._grants()
        return data | {key: value for key, value in self._kept.items() if key == "probe"}

    def _written(self, path: str) -> Any:
        """An answer as a setup has it; None where it has none."""
        if path in _ONLY_EXPLICIT and path not in self._explicit:
            return None
        value = self.get(path)
        if path == "google.attribute_mapping":
            return derived.mapping_of(str(value)) if value else None
        if path == "access.token_lifetime" and isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value) if len(value) < 10 else value
        return value

    def _grants(self) -> list[dict[str, Any]]:
        """The grant that is asked for, and those that a file had beside it."""
        further: list[dict[str, Any]] = self._kept.get("grants", [])
        project, roles = self.text("access.on"), self.get("access.roles")
        if roles is None and "grants" in self._kept:  # a file may grant nothing
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


def _at_question(problem: SetupProblem) -> SetupProblem:
    """A problem at the path of the question whose answer it is about."""
    beginnings = (key for key in _IN_SETUP if problem.where.startswith(key))
    where = next((_IN_SETUP[key] for key in beginnings), problem.where)
    return SetupProblem(where, None, problem.what, problem.fix)
