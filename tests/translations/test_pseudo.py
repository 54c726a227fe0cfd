"""The commands in a language in which every translated sentence is marked: they do the same, and have no English.

What programs read, the journal and files are in English in any language. Of what people read, each word is in a
sentence of the catalogue, but for names, codes and commands, and the words of the clouds (`pseudo.untranslated`).
"""

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Answer, lead_here, wif
from tests.in_full import first
from tests.translations import pseudo
from wizard import language
from wizard.chain import own_words, probe
from wizard.commands.demo_broken import world_file
from wizard.engine.journal import Journal
from wizard.modes.aws.live import hops as aws_hops
from wizard.modes.gke.live import hops as gke_hops
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox
from wizard.work import breaking, faults

__all__ = ["lead_here", "wif"]  # fixtures

Json = dict[str, Any]
Wif = Callable[..., Answer]

SCENARIOS = ("batch-bigquery", "gke-spanner")
HOPS = {hop for hops in probe.HOPS.values() for hop in hops} | {hop.id for hop in (*aws_hops.HOPS, *gke_hops.HOPS)}
"""The IDs of the hops, which are codes."""
FIELDS = {"condition", "mapping", "file", "type", "audience"}
"""The fields of a provider and of a configuration."""
NAMES = {"until spring", "default", "ledger", "Unterminated string starting at"}
"""Names in the worlds of the faults, and words of Python."""
CONSENT = ("--yes", "--accept-loss")
ALWAYS_OTHER = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+Z?|\d{8}-\d{6}-[0-9a-f]{4}|wif-wizard-probe-[\w-]+|[0-9a-f]{32}|gke-[a-z0-9-]+-[a-z0-9]{4,}"
    r"|WifWizardLiveTest\w+|127\.0\.0\.1:\d+|\d+(\.\d+)? ms"
)
"""Times, IDs and ports."""


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every language but English is the one with marks."""
    real = language._catalogue
    catalogue = pseudo.Marked()
    monkeypatch.setattr(language, "_catalogue", lambda name: real(name) if name == "en" else catalogue)
    yield
    language.use("en")


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What tests wrote to the journal for a while, as text."""
    found: list[str] = []
    remember = Journal.remember

    def noted(journal: Journal, kind: str, name: str, place: Json) -> str:
        found.append(json.dumps([kind, name, place], ensure_ascii=False))
        return remember(journal, kind, name, place)

    monkeypatch.setattr(Journal, "remember", noted)
    return found


@contextmanager
def sandbox_of(world: str, lead: Callable[[Sandbox], None]) -> Iterator[Sandbox]:
    with Sandbox(world, ["--steady"]) as sandbox:
        lead(sandbox)
        yield sandbox


NAMED = re.compile(r"(?:[Nn]ame: |Id=)([a-z][a-z0-9-]+)$", re.MULTILINE)
"""A name of something in a world, or of what a fault puts into it."""


def known_texts(setup: str, sandbox: Sandbox, answer: Json | None = None) -> set[str]:
    """Return what nobody translates: the setup's values, the scenario's names, and the words of the clouds."""
    scenario = json.dumps(sandbox.variables)
    names = set(re.findall(r"[a-z][a-z-]{2,}", setup + scenario))
    return names | HOPS | FIELDS | NAMES | set(clouds_words(answer or {}))


def clouds_words(value: Any) -> Iterator[str]:
    """Yield the words of the clouds in an answer for programs."""
    if isinstance(value, dict):
        error = value.get("error")
        if isinstance(error, dict) and error.get("message"):
            yield from words_of(str(error["message"]))
        for name, each in value.items():
            if name in ("sent", "received") and isinstance(each, dict):
                yield from (text for text in texts_in(each) if " " in text)
            yield from clouds_words(each)
    elif isinstance(value, list):
        for each in value:
            yield from clouds_words(each)


def words_of(message: str) -> Iterator[str]:
    """Yield a message, unless it is one of our own, which has a translation."""
    with language.speaking("ja"):
        if own_words.in_language(message) == message:
            yield message


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def check_human(answer: Answer, known: set[str]) -> None:
    """Fail if people read a word of English."""
    assert pseudo.has_marks(answer.out), answer.err
    english = pseudo.untranslated(answer.out, known)
    assert english == [], "\n".join(english)


def without_times(answer: Answer) -> Any:
    """Return the answer for programs, without what is another with each run."""
    document = json.loads(answer.out)
    return json.loads(ALWAYS_OTHER.sub("-", json.dumps(timeless(document))))


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: timeless(each) for key, each in value.items() if key not in ("elapsed", "sent", "received")}
    return [timeless(each) for each in value] if isinstance(value, list) else value


def codes_of(text: str) -> list[str]:
    return re.findall(r"WIF\d{4}", text)


def journal_texts() -> str:
    """Return everything that the journal has."""
    rows: list[Any] = []
    with sqlite3.connect(Journal().path) as database:
        for table in ("runs", "writes", "temporary"):
            rows += database.execute(f"SELECT * FROM {table}").fetchall()
    assert rows
    return repr(rows)


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_setup_is_made_tested_and_reverted_in_any_language(
    name: str, tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Wif, remembered: list[str]
) -> None:
    scenario = scenarios.load(name)
    setup = tmp_path / "setup.yaml"
    setup.write_text(scenario.setup, encoding="utf-8")

    def ja(*arguments: str) -> Answer:
        return wif(*arguments, "--lang", "ja")

    with sandbox_of(name, lead_here) as sandbox:
        names = known_texts(scenario.setup, sandbox) | set(NAMED.findall(scenarios.text_of(name)))
        planned, planned_in_english = ja("plan", str(setup)), wif("plan", str(setup), "--json")
        assert planned.code == planned_in_english.code == 2
        check_human(planned, names)
        applied = ja("apply", str(setup), *CONSENT)
        assert applied.code == 0
        check_human(applied, names)
        in_english = wif("test", str(setup), "--yes", "--json")
        tested = ja("test", str(setup), "--yes")
        assert tested.code == in_english.code == 0, tested.out
        known = known_texts(scenario.setup, sandbox, in_english.json)
        check_human(tested, known)
        assert without_times(ja("test", str(setup), "--yes", "--json")) == without_times(in_english)
        diagnosed = ja("doctor", str(setup))
        assert diagnosed.code == 0
        check_human(diagnosed, known)
        runs = wif("runs", "--json")
        assert without_times(ja("runs", "--json")) == without_times(runs)
        check_human(ja("runs"), names)
        reverted = ja("revert", *CONSENT)
        assert reverted.code == 0
        check_human(reverted, names)
        assert not pseudo.has_marks(journal_texts())
        assert remembered
        assert not pseudo.has_marks(repr(remembered))


BROKEN = (
    "condition-of-another-role",
    "node-pool-on-gce-metadata",
    *(
        name
        for name in faults.names()
        if not name.startswith("eks-") and name not in ("condition-of-another-role", "node-pool-on-gce-metadata")
    ),
)


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("name", first(2, BROKEN))
def test_a_fault_has_the_same_cause_in_any_language(
    name: str, tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Wif, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = faults.load(name)
    scenario = scenarios.load(fault.scenario)
    monkeypatch.chdir(tmp_path)
    setup = tmp_path / "setup.yaml"
    setup.write_text(faults.setup_text(fault, scenario.setup), encoding="utf-8")
    with sandbox_of(world_file(tmp_path, fault), lead_here) as sandbox:
        for variable in fault.environment:
            before = os.environ.get(variable)
            monkeypatch.setenv(variable, before or "")  # so that it is restored
            if before is None:
                monkeypatch.delenv(variable)
        breaking.break_setup(tmp_path, name, fault, scenario.names)
        in_english = wif("test", "setup.yaml", "--yes", "--wait", "0", "--json")
        tested = wif("test", "setup.yaml", "--yes", "--wait", "0", "--lang", "ja")
        assert tested.code == in_english.code
        known = known_texts(setup.read_text(encoding="utf-8"), sandbox, in_english.json)
        known |= set(NAMED.findall(faults.text_of(name)))
        if "error" not in in_english.json:
            assert set(codes_of(tested.out)) == failed_codes(in_english.json)
            check_human(tested, known)
        diagnosis = wif("doctor", "setup.yaml", "--json")
        diagnosed = wif("doctor", "setup.yaml", "--lang", "ja")
        assert diagnosed.code == diagnosis.code
        assert set(codes_of(diagnosed.out)) == set(codes_of(json.dumps(diagnosis.json["findings"])))
        check_human(diagnosed, known | set(clouds_words(diagnosis.json)))


def failed_codes(answer: Json) -> set[str]:
    """Return the codes of the steps that failed."""
    hops = answer.get("hops") or [hop for hops in answer["workloads"].values() for hop in hops]
    return {hop["code"] for hop in hops if hop["status"] == "failed" and hop["code"]}
