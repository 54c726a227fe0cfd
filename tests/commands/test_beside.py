"""Two commands at once: one does what was asked, and the other says that it did, or waits until it has ended."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from wizard.commands import apply as command
from wizard.commands import exits
from wizard.engine.journal import Journal
from wizard.work.applying import details_of
from wizard.work.runs import recorded


@contextmanager
def running(**details: tuple[str, ...]) -> Iterator[str]:
    """Let another run of the last setup be at work. Gives its ID."""
    applied = recorded()[0].run
    journal = Journal()
    run = journal.begin(applied.title, applied.setup, details_of(**details))
    try:
        yield run
    finally:
        journal.end(run, "interrupted")


@pytest.fixture
def after_the_review(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen once, while the operator reads a plan."""
    real = command.approved

    def happens(event: Callable[[], object]) -> None:
        def approved(*arguments: object, **options: object) -> bool:
            monkeypatch.setattr(command, "approved", real)
            event()
            return real(*arguments, **options)

        monkeypatch.setattr(command, "approved", approved)

    return happens


def test_a_run_is_not_reverted_twice_at_once(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied, writes = recorded()[0].run.id, len(fresh.writes())
    with running(reverts=(applied,)) as other:
        for arguments in (["revert"], ["revert", applied], ["revert", "--all", fresh.setup()]):
            refused = fresh.wif(*arguments, "--yes")
            assert refused.code == exits.REFUSED
            assert other in refused.err and "Wait until" in refused.err
    assert len(fresh.writes()) == writes


def test_a_run_is_not_resumed_twice_at_once_and_not_reverted_meanwhile(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied = recorded()[0].run.id
    Journal().end(applied, "interrupted")
    with running(resumes=(applied,)) as other:
        assert f"Run {other} is resuming run {applied} at the moment." in fresh.wif("resume", "--yes").err
        assert f"Run {other} is still running." in fresh.wif("revert", applied, "--yes").err
    with running(reverts=(applied,)) as other:
        assert f"Run {other} is reverting run {applied} at the moment." in fresh.wif("resume", applied, "--yes").err


def test_a_setup_is_not_applied_while_it_is_reverted_nor_reverted_while_it_is_applied(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied, writes = recorded()[0].run.id, len(fresh.writes())
    fresh.config.unlink()
    with running(reverts=(applied,)) as other:
        refused = fresh.wif("apply", fresh.setup(), "--yes")
        assert refused.code == exits.REFUSED
        assert f"Run {other} is reverting run {applied} of the same setup at the moment." in refused.err
    with running() as other:
        refused = fresh.wif("revert", applied, "--yes")
        assert refused.code == exits.REFUSED
        assert f"Run {other} is applying the same setup at the moment." in refused.err
    assert len(fresh.writes()) == writes


def test_a_revert_after_the_review_is_told(fresh: World, after_the_review: Callable[..., None]) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied = recorded()[0].run.id
    answers: list[Answer] = []
    after_the_review(lambda: answers.append(fresh.wif("revert", "--yes")))
    refused = fresh.wif("revert", "--yes")
    assert answers[0].code == exits.DONE
    assert refused.code == exits.REFUSED
    assert f"reverted run {applied} after you reviewed the plan" in refused.err
    assert [each.state for each in recorded()] == ["done", "reverted"]
    assert fresh.wif("revert", applied, "--yes").code == exits.DONE, "a later revert may try again"


def test_a_resume_after_the_review_is_told(fresh: World, after_the_review: Callable[..., None]) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied = recorded()[0].run.id
    Journal().end(applied, "interrupted")
    fresh.config.unlink()
    answers: list[Answer] = []
    after_the_review(lambda: answers.append(fresh.wif("resume", "--yes")))
    refused = fresh.wif("resume", "--yes")
    assert answers[0].code == exits.DONE
    assert refused.code == exits.REFUSED
    assert f"completed run {applied} after you reviewed the plan" in refused.err


def test_a_colleague_with_another_journal_reverts_first(
    fresh: World, after_the_review: Callable[..., None], tmp_path: Path
) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    copy = str(tmp_path / "copy.db")
    assert fresh.wif("export", "--journal", copy).code == 0
    answers: list[Answer] = []

    def colleague() -> None:
        answers.append(fresh.wif("revert", "--journal", copy, "--yes"))
        os.environ.pop("WIF_WIZARD_JOURNAL")

    after_the_review(colleague)
    answer = fresh.wif("revert", "--yes")
    assert [answers[0].code, answer.code] == [exits.DONE, exits.DONE], answer.out + answer.err
    assert "another process made the same changes after you reviewed the plan" in answer.out
    assert "already deleted" in answer.out
    assert recorded()[0].writes == []
    assert fresh.wif("plan", fresh.setup(), "--json").json["summary"]["in_place"] == 1, "only the services stay"


def test_a_colleague_with_another_journal_applies_first(fresh: World, after_the_review: Callable[..., None]) -> None:
    file, journal = fresh.setup(), os.environ["XDG_STATE_HOME"]

    def colleague() -> None:
        os.environ["XDG_STATE_HOME"] = f"{journal}-of-a-colleague"
        assert fresh.wif("apply", file, "--yes").code == exits.DONE
        os.environ["XDG_STATE_HOME"] = journal

    after_the_review(colleague)
    answer = fresh.wif("apply", file, "--yes")
    assert answer.code == exits.DONE, answer.err
    assert "another process made the same changes after you reviewed the plan" in answer.out
    assert recorded()[0].writes == []


def test_a_colleague_reverts_while_the_setup_is_applied_again(
    fresh: World, after_the_review: Callable[..., None]
) -> None:
    """The next plan shows what is missing, and the next apply leads to the whole setup."""
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    fresh.config.unlink()
    journal = os.environ["XDG_STATE_HOME"]
    copy = f"{journal}.db"
    assert fresh.wif("export", "--journal", copy).code == 0

    def colleague() -> None:
        assert fresh.wif("revert", "--journal", copy, "--yes").code == exits.DONE
        os.environ.pop("WIF_WIZARD_JOURNAL")

    after_the_review(colleague)
    assert fresh.wif("apply", fresh.setup(), "--yes").code in (exits.DONE, exits.REFUSED)
    assert fresh.wif("plan", fresh.setup()).code == exits.PENDING, "what the colleague reverted is missing"
    assert fresh.wif("apply", fresh.setup(), "--yes").code == exits.DONE
    assert fresh.wif("plan", fresh.setup()).code == exits.DONE
