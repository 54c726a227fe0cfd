"""Runs by name: they are listed, resumed, and given to a colleague; and a whole setup is reverted."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import SETUP, World
from wizard.clouds.aws import Aws
from wizard.engine.journal import Journal
from wizard.engine.resource import GONE, Change
from wizard.resources.pool import Pool
from wizard.work import run_text
from wizard.work.applying import details_of
from wizard.work.runs import recorded


def interrupted(world: World, text: str = SETUP) -> str:
    """Record a run of a setup that was killed before its first write. Returns its ID."""
    file = world.setup(text)
    details = details_of(folder=str(world.folder), file=file)
    journal = Journal()
    run = journal.begin("a killed run", Path(file).read_text(encoding="utf-8"), details)
    journal.end(run, "interrupted")
    return run


def test_a_run_names_who_started_it_and_where(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    run = fresh.wif("runs", "--json").json["runs"][0]
    assert run["details"]["identities"] == ["arn:aws:iam::111122223333:user/operator", "operator@acme.example"]
    assert "@" in run["details"]["by"]
    assert run["details"]["folder"] == str(fresh.folder)
    assert run["state"] == "done"
    lines = fresh.wif("runs").out.splitlines()
    assert lines[0].split("  ")[:2] == [run["id"], "done"]
    assert "operator@acme.example" in lines[1]


def test_a_killed_run_is_resumed_to_its_end(fresh: World) -> None:
    run = interrupted(fresh)
    answer = fresh.wif("resume", "--yes")
    assert answer.code == 0, answer.err
    assert f"Resuming run {run}: a killed run" in answer.out
    assert "Everything is in place." in answer.out
    assert fresh.wif("plan", str(fresh.folder / "setup.yaml")).code == 0


def test_a_run_in_which_everything_is_in_place_is_closed(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    run = interrupted(fresh)
    assert fresh.wif("resume", run[:18], "--json").json["outcome"] == "done"
    assert recorded()[0].run.outcome == "done"
    refused = fresh.wif("resume")
    assert refused.code == 64
    assert "has no run that you can resume" in refused.err


def test_a_changed_file_is_told_and_the_setup_of_the_run_is_used(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    interrupted(fresh)
    other = SETUP.replace("role: rds-to-bigquery", "role: another-role")
    fresh.setup(other)
    answer = fresh.wif("resume", "--yes")
    assert answer.code == 0
    assert "has changed since run" in answer.out
    assert "another-role" not in answer.out


@pytest.mark.parametrize("named", ["", "first", "second"])
def test_a_resumed_run_is_completed_and_is_reverted_as_a_whole(fresh: World, named: str) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    first = recorded()[0].run.id
    fresh.config.unlink()
    Journal().end(first, "interrupted")  # as if it had been killed before it wrote the file
    assert fresh.wif("resume", "--yes").code == 0
    resume, resumed = recorded()
    assert resume.run.details.resumes == (first,)
    assert (resumed.state, resumed.completed_by) == ("done", resume.run.id)
    assert f"completed by run {resume.run.id}" in fresh.wif("runs").out
    assert fresh.wif("resume").code == 64, "nothing is left to resume"
    names = {"first": [first], "second": [resume.run.id]}.get(named, [])
    answer = fresh.wif("revert", *names, "--yes")
    assert answer.code == 0, answer.err
    assert f"Revert of run {first}: " in answer.out and f"Revert of run {resume.run.id}: " in answer.out
    assert [each.state for each in recorded()] == ["done", "reverted", "reverted"]
    assert fresh.wif("plan", fresh.setup(), "--json").json["summary"]["in_place"] == 1, "only the services stay"


def test_another_revert_completes_a_killed_one(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied = recorded()[0].run
    journal = Journal()
    killed = journal.begin(applied.title, applied.setup, details_of(reverts=(applied.id,)))
    journal.end(killed, "interrupted")
    assert fresh.wif("revert", "--yes").code == 0
    done, unfinished, _ = recorded()
    assert (unfinished.state, unfinished.completed_by) == ("done", done.run.id)
    assert fresh.wif("resume").code == 64


def test_a_revert_that_was_killed_at_its_very_end_is_closed(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    assert fresh.wif("revert", "--yes").code == 0
    revert, applied = (each.run.id for each in recorded())
    Journal().end(revert, "interrupted")
    assert "nothing to revert" in fresh.wif("resume", "--yes").out
    assert {each.run.id: each.state for each in recorded()} == {revert: "done", applied: "reverted"}
    assert fresh.wif("resume").code == 64


@pytest.mark.parametrize("command", ["resume", "revert"])
def test_a_name_that_is_no_run_is_refused(fresh: World, command: str) -> None:
    interrupted(fresh)
    interrupted(fresh)
    unknown = fresh.wif(command, "19990101-000000-aaaa")
    assert unknown.code == 64
    assert "is not a run in the journal" in unknown.err
    empty = fresh.wif(command, "", "--yes")
    assert (empty.code, "The ID of the run is empty" in empty.err) == (64, True)
    several = fresh.wif(command, datetime.now(UTC).strftime("%Y"))
    assert several.code == 64
    assert "Enter the full ID" in several.err


def test_a_run_that_is_running_is_neither_resumed_nor_reverted(fresh: World) -> None:
    journal = Journal()
    run = journal.begin("another process", SETUP)
    try:
        for command in ("resume", "revert"):
            answer = fresh.wif(command, run, "--yes")
            assert answer.code == 1
            assert "is still running" in answer.err
    finally:
        journal.end(run, "failed")


def test_without_a_terminal_a_revert_needs_yes(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    before = len(fresh.writes())
    refused = fresh.wif("revert")
    assert refused.code == 64
    assert len(fresh.writes()) == before


def test_a_revert_cannot_be_reverted(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    assert fresh.wif("revert", "--yes").code == 0
    run = recorded()[0].run.id
    refused = fresh.wif("revert", run, "--yes")
    assert refused.code == 64
    assert "wif-wizard resume" in refused.err
    assert recorded()[1].reverted_by == run


def test_an_interrupted_revert_is_resumed(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied = recorded()[0].run
    journal = Journal()
    revert = journal.begin(applied.title, applied.setup, details_of(reverts=(applied.id,)))
    journal.end(revert, "interrupted")
    answer = fresh.wif("resume", "--yes")
    assert answer.code == 0, answer.err
    assert "The wizard reverted all resources except those above." in answer.out
    assert fresh.wif("plan", str(fresh.folder / "setup.yaml")).code == 2
    assert not fresh.config.exists()


def test_a_colleague_reverts_with_a_copy_of_the_journal(fresh: World, tmp_path: Path) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    copy = tmp_path / "copy.db"
    answer = fresh.wif("export", "--journal", str(copy), "--json")
    assert answer.json == {"format": 1, "path": str(copy), "runs": [recorded()[0].run.id]}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert fresh.wif("export", "--journal", str(copy)).code == 1, "an existing file stays"
    Journal().path.unlink()
    reverted = fresh.wif("revert", "--journal", str(copy), "--yes")
    assert reverted.code == 0, reverted.err
    assert not fresh.config.exists()
    os.environ.pop("WIF_WIZARD_JOURNAL")


def test_a_whole_setup_of_several_runs_is_reverted(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--only", "aws", "--yes").code == 0
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    answer = fresh.wif("revert", "--all", fresh.setup(), "--yes")
    assert answer.code == 0, answer.err
    plan = fresh.wif("plan", fresh.setup(), "--json").json
    assert plan["summary"]["in_place"] == 1, "only the services stay"


def test_what_the_journal_does_not_know_is_asked_about(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    Journal().path.unlink()
    left = fresh.wif("revert", "--all", fresh.setup(), "--yes")
    assert left.code == 0
    assert "The journal has no record that this setup created the resource." in left.out
    assert fresh.config.exists()
    asked: list[str] = []

    def answer(_: str = "") -> str:
        asked.append("?")
        return "y"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)
    assert fresh.wif("revert", "--all", fresh.setup(), "--yes").code == 0
    assert len(asked) == 5
    assert not fresh.config.exists()
    assert fresh.wif("plan", fresh.setup(), "--json").json["summary"]["in_place"] == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"this is not a database, and was never one", "The file is damaged"), (b"", "")],
)
def test_a_journal_that_cannot_be_used_is_one_clear_error(
    fresh: World, tmp_path: Path, content: bytes, told: str
) -> None:
    journal = tmp_path / "journal.db"
    journal.write_bytes(content)
    answer = fresh.wif("runs", "--journal", str(journal))
    os.environ.pop("WIF_WIZARD_JOURNAL")
    assert answer.code == (1 if told else 0)
    assert told in answer.err
    assert "Traceback" not in answer.err


def test_a_journal_that_does_not_exist_is_refused(fresh: World) -> None:
    answer = fresh.wif("revert", "--journal", "nowhere.db")
    assert answer.code == 64
    assert "does not exist" in answer.err


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (86400 * 3, "3 days ago")],
)
def test_the_age_of_a_run_is_told_in_its_largest_unit(seconds: int, text: str) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert run_text.age((now - timedelta(seconds=seconds)).isoformat(), now) == text


def test_a_write_without_an_answer_leads_to_resume(fresh: World) -> None:
    journal = Journal()
    pool = Pool("acme-analytics", "aws-prod")
    run = journal.begin("a killed run", SETUP)
    journal.before_write(run, Change(pool, None, pool.desired()))
    journal.end(run, "interrupted")
    lines = fresh.wif("runs").out.splitlines()
    assert lines[-1].strip() == (
        "? workload identity pool aws-prod: the wizard got no answer to the write request; to check the result: "
        f"wif-wizard resume {run}"
    )


def test_what_a_killed_revert_had_begun_is_reverted_by_the_next_one(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    applied = recorded()[0].run
    journal = Journal()
    revert = journal.begin(applied.title, applied.setup, details_of(reverts=(applied.id,)))
    for write in reversed(journal.writes(applied.id)):
        if write.kind == Pool.kind:
            pool = Pool("acme-analytics", "aws-prod")
            journal.before_write(revert, Change(pool, write.after, GONE))  # and then it was killed
    journal.end(revert, "interrupted")
    answer = fresh.wif("resume", "--yes")
    assert answer.code == 0, answer.err
    assert "deleted" in answer.out
    assert fresh.wif("plan", fresh.setup(), "--json").json["summary"]["in_place"] == 1


def test_a_revert_that_cannot_find_out_who_uses_something_is_not_complete(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    iam = Aws(os.environ, "ap-northeast-1")
    named = {"UserName": "operator", "PolicyName": "less"}
    statement = {"Effect": "Deny", "Action": "lambda:ListFunctions", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.call("iam", "put_user_policy", **named, PolicyDocument=document)
    try:
        answer = fresh.wif("revert", "--yes")
    finally:
        iam.call("iam", "delete_user_policy", **named)
    assert answer.code == 1
    assert "could not check who uses the resource" in answer.out
    assert "wif-wizard resume" in answer.out
    assert recorded()[0].run.outcome == "failed"
    assert fresh.wif("resume", "--yes").code == 0
    assert recorded()[-1].state == "reverted"


def test_what_a_killed_live_test_left_is_listed(fresh: World) -> None:
    journal = Journal()
    record = journal.remember("one-off job", "wif-wizard-probe-2611300331-ab12cd", {"account": "111122223333"})
    started = datetime.now(UTC)
    journal.release(record)
    [left] = fresh.wif("runs", "--json").json["leftovers"]
    assert (left["kind"], left["name"]) == ("one-off job", "wif-wizard-probe-2611300331-ab12cd")
    assert abs(datetime.fromisoformat(left["started"]) - started) < timedelta(minutes=1)
    assert "An interrupted live test left behind the one-off job" in fresh.wif("runs").out


def test_a_run_of_one_half_is_resumed_without_credentials_for_the_other(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = fresh.setup()
    journal = Journal()
    details = details_of(folder=str(fresh.folder), file=file, only="aws")
    journal.end(journal.begin("a killed run", SETUP, details), "interrupted")
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(fresh.folder / "nothing.json"))
    answer = fresh.wif("resume", "--yes")
    assert answer.code == 0, answer.err
    assert {write.kind for write in journal.writes(journal.runs()[0].id)} == {"IAM role"}
