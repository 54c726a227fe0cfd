"""Every rule of the doctor: its file, its code, what it says; and that codes that were given out stay what they are."""

import importlib
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules, walk_packages

import pytest

import wizard.modes
import wizard.resources
from wizard.chain.hop import Hop
from wizard.chain.rule import Rule as Reason
from wizard.doctor import catalogue, rules
from wizard.doctor.rule import Rule
from wizard.engine.resource import JSON, FieldChange

FILES = sorted(Path(rules.__path__[0]).glob("*/wif*.py"))
GIVEN_OUT = Path(__file__).with_name("codes.txt")
"""The codes that were ever given out, each with its name. A line is never changed or removed, also if its rule is."""

ALL = [pytest.param(rule, id=rule.code) for rule in catalogue.all_rules().values()]
NUMBERS = {
    "configuration": "01",
    "credentials": "02",
    "exchange": "03",
    "impersonation": "04",
    "target": "05",
    "network": "06",
    "cluster": "07",
    "account": "08",
    "pod": "09",
    "risk": "10",
}
GENERAL = "00"
"""The number of rules that fit where no other does."""


def reasons() -> Iterator[tuple[str, Reason]]:  # type: ignore[type-arg]  # of any mode's facts
    """Every row by which the live test of a mode explains a failure, with the module that has it."""
    for found in walk_packages(wizard.modes.__path__, f"{wizard.modes.__name__}."):
        if found.name.endswith(".reasons"):
            for row in importlib.import_module(found.name).RULES:
                yield found.name, row


def hops() -> set[str]:
    """The IDs of all steps, of every mode."""
    modules = [each.name for each in walk_packages(wizard.modes.__path__, f"{wizard.modes.__name__}.")]
    named = [importlib.import_module(name) for name in ("wizard.chain.hop", *modules) if name.endswith(("hop", "hops"))]
    return {each.id for module in named for each in vars(module).values() if isinstance(each, Hop)}


def kinds() -> set[str]:
    """The kinds of resources."""
    found = set()
    for each in iter_modules(wizard.resources.__path__, f"{wizard.resources.__name__}."):
        for named in vars(importlib.import_module(each.name)).values():
            if isinstance(named, type) and isinstance(getattr(named, "kind", None), str):
                found.add(named.kind)  # type: ignore[attr-defined]
    return found


def given_out() -> dict[str, str]:
    lines = GIVEN_OUT.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ") for line in lines)


def test_no_two_files_share_a_code() -> None:
    codes = Counter(file.name.partition("_")[0] for file in FILES)
    assert [code for code, times in codes.items() if times > 1] == []
    assert len(catalogue.all_rules()) == len(FILES) > 200


@pytest.mark.parametrize("rule", ALL)
def test_a_rule_says_what_it_must(rule: Rule) -> None:
    assert rule.code[3:5] in (NUMBERS[rule.layer], GENERAL)
    assert rule.title.endswith(".")
    assert "\n" not in rule.title
    assert "\nFix: " in rule.text
    assert len(rule.fix) > 20
    assert len(rule.text.partition("\nFix: ")[0]) > 80
    assert re.match(r"(Look|Compare|Count|Check|Find out|Ask|In the workload,) ", rule.look_at)
    assert re.match(r"(Find the .*( and run|On AWS, run)|Run the live test in the workload): wif-wizard ", rule.ask)
    assert (rule.severity == "risk") == (rule.layer == "risk")


@pytest.mark.parametrize("rule", ALL)
def test_its_messages_and_drifts_are_about_what_there_is(rule: Rule) -> None:
    for message in rule.messages:
        assert message.hop in hops()
        assert message.weight > 0
        assert not re.search(message.pattern, ""), "it would recognise every text"
    assert {drift.kind for drift in rule.drifts} <= kinds()


def codes_in_the_code() -> set[str]:
    """The codes that the product itself gives to what it finds, outside the rules."""
    root = Path(wizard.modes.__file__).parents[1]
    files = [file for file in root.rglob("*.py") if Path(rules.__path__[0]) not in file.parents]
    return {code for file in files for code in re.findall(r"WIF\d{4}", file.read_text(encoding="utf-8"))}


def test_every_rule_is_found_by_something_or_says_why_the_doctor_cannot_see_it() -> None:
    coded = codes_in_the_code()
    for code, rule in catalogue.all_rules().items():
        seen = bool(rule.messages or rule.drifts or code in coded)
        assert seen != bool(rule.unseen), code
        assert not rule.unseen or re.fullmatch(r"[A-Z].{40,}\.", rule.unseen), code


def test_titles_are_different() -> None:
    titles = Counter(rule.title for rule in catalogue.all_rules().values())
    assert [title for title, times in titles.items() if times > 1] == []


def test_every_reason_of_the_live_tests_has_a_rule() -> None:
    found = list(reasons())
    assert len({name for name, _ in found}) >= len([*iter_modules(wizard.modes.__path__)]) // 8
    assert len(found) > 100
    without = [f"{name}: {row.cause}" for name, row in found if catalogue.rule(row.code) is None]
    assert without == []


def test_every_code_that_was_given_out_stays_what_it_is() -> None:
    names = {code: rule.name for code, rule in catalogue.all_rules().items()}
    assert names.items() <= given_out().items(), "add the new rules to codes.txt; never change a line of it"
    lines = GIVEN_OUT.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines)
    assert len(given_out()) == len(lines)


def test_the_list_of_codes_only_grows() -> None:
    shown = subprocess.run(
        ["git", "show", "HEAD:./codes.txt"], cwd=GIVEN_OUT.parent, capture_output=True, text=True, check=False
    )
    if shown.returncode:
        pytest.skip("this is not a work tree of git that has the list")
    assert set(shown.stdout.splitlines()) <= set(GIVEN_OUT.read_text(encoding="utf-8").splitlines())


def test_a_code_is_found_in_any_case() -> None:
    assert catalogue.rule(" wif0301 ") is catalogue.all_rules()["WIF0301"]
    assert catalogue.rule("WIF9999") is None


@pytest.mark.parametrize(
    ("kind", "fields", "action", "code"),
    [
        ("workload identity pool provider", [("condition", "false", "true")], "update", "WIF0301"),
        ("workload identity pool provider", [("mapping.attribute.aws_role", None, "x")], "update", "WIF0322"),
        ("workload identity pool provider", [("disabled", True, False), ("mapping.x", None, "x")], "update", "WIF0304"),
        ("workload identity pool", [], "undelete", "WIF0305"),
        ("workload identity pool", [], "create", "WIF0307"),
        ("Kubernetes service account", [("iam.gke.io/gcp-service-account", None, "a")], "update", "WIF0803"),
        ("Kubernetes service account", [("iam.gke.io/gcp-service-account", "a", None)], "update", "WIF0804"),
        ("Kubernetes service account", [("iam.gke.io/gcp-service-account", "a", "b")], "update", "WIF0805"),
        ("Kubernetes service account", [], "create", "WIF0802"),
        ("roles on the project", [("roles/viewer", [], ["a"])], "update", "WIF0502"),
        ("roles on the resource", [("roles/pubsub.publisher", [], ["a"])], "update", "WIF0502"),
        ("roles on the service account", [], "create", "WIF0405"),
        ("credential configuration", [("content.audience", "a", "b")], "update", "WIF0113"),
        ("credential configuration", [("content.token_url", "a", "b")], "update", "WIF0116"),
        ("keys of the service account", [("enabled", ["a"], [])], "update", "WIF1006"),
    ],
)
def test_the_most_specific_rule_explains_a_difference(
    kind: str, fields: list[tuple[str, JSON, JSON]], action: str, code: str
) -> None:
    rule = catalogue.rule_of_change(kind, [FieldChange(*field) for field in fields], action)
    assert rule is not None
    assert rule.code == code


def test_a_difference_that_no_rule_is_about_has_none() -> None:
    assert catalogue.rule_of_change("service account", [FieldChange("description", "a", "b")], "update") is None
