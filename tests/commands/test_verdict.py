"""The verdict of `test`: what it says of roles that are not granted, cannot be proven, or do not exist."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.commands.conftest import SETUP, World
from wizard.chain.hop import Hop, Outcome, Refusal, Verdict
from wizard.clouds.session import Clouds
from wizard.commands import junit, report_file
from wizard.commands.test import verdict_line

NOT_TESTABLE = "roles/resourcemanager.organizationViewer"
GRANTED = "roles/bigquery.dataEditor, roles/bigquery.jobUser"
TEST = ("--from", "here", "--yes", "--wait", "0")


def with_roles(*roles: str) -> str:
    return SETUP.replace(GRANTED, ", ".join(roles))


def test_every_role_is_effective_or_named_as_not_proven_or_failed(fresh: World, tmp_path: Path) -> None:
    custom = "projects/acme-analytics/roles/loader"
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    role = {"title": "Loader", "stage": "GA", "includedPermissions": ["pubsub.topics.publish"]}
    body = {"roleId": "loader", "role": role}
    Clouds("acme-analytics").google.call("iam", "POST", "/v1/projects/acme-analytics/roles", body)

    for command in (("plan",), ("apply", "--yes")):
        before = len(fresh.writes())
        unknown = fresh.wif(*command, fresh.setup(with_roles("roles/bigquery.nothingOfTheKind")))
        assert (unknown.code, len(fresh.writes())) == (1, before)
        assert "these roles do not exist: roles/bigquery.nothingOfTheKind" in unknown.err

    never = fresh.wif("test", fresh.setup(with_roles("roles/monitoring.viewer", custom)), *TEST)
    assert never.code == 1 and never.out.rstrip().endswith("The live test failed.")
    assert f"does not have roles/monitoring.viewer on acme-analytics, {custom} on acme-analytics" in never.out

    setup = fresh.setup(with_roles(custom, "roles/bigquery.dataViewer", NOT_TESTABLE))
    assert fresh.wif("apply", setup, "--yes").code == 0
    report = tmp_path / "report.xml"
    found = fresh.wif("test", setup, *TEST, "--json", "--junit", str(report))
    (not_proven,) = found.json["not_proven"]
    assert (found.code, found.json["passed"]) == (0, True)
    assert not_proven.startswith(f"{NOT_TESTABLE} on acme-analytics: the policy grants the role, but")
    assert found.err.rstrip().endswith(f"The live test passed. Not proven: {not_proven}")
    permission = next(hop for hop in found.json["hops"] if hop["hop"] == "permission")
    assert (permission["status"], len(permission["received"]["roles"])) == ("not_proven", 3)
    skipped = ElementTree.parse(report).find(".//testcase[@name='Permission on the target']/skipped")
    assert skipped is not None and NOT_TESTABLE in str(skipped.get("message"))

    strict = fresh.wif("test", setup, *TEST, "--strict")
    assert strict.code == 1 and strict.out.rstrip().endswith(not_proven)


def test_roles_that_cannot_do_their_usual_job_are_noted_in_the_plan(world: World) -> None:
    setup = world.setup(with_roles("roles/bigquery.dataEditor"))
    assert any("roles/bigquery.jobUser" in note for note in world.wif("plan", setup, "--json").json["notes"])
    assert "roles/bigquery.dataEditor does not allow running jobs" in world.wif("plan", setup).out


def test_a_report_that_cannot_be_written_is_an_error_before_the_test_starts(world: World, tmp_path: Path) -> None:
    before = len(world.requests())
    for path in (tmp_path / "none" / "report.xml", tmp_path):
        answer = world.wif("test", world.setup(), *TEST, "--junit", str(path))
        assert (answer.code, answer.err.count("--junit")) == (64, 1)
    assert len(world.requests()) == before


@pytest.mark.parametrize(
    ("verdict", "strict", "line"),
    [
        (Verdict(True), True, "The live test passed."),
        (Verdict(False), False, "The live test failed."),
        (Verdict(True, ("a", "b")), False, "The live test passed. Not proven: a; b"),
        (Verdict(False, ("a",)), True, "The live test failed. Not proven: a"),
        (
            Verdict(True, ("a",)),
            True,
            "The live test did not prove everything that --strict requires. Not proven: a",
        ),
    ],
)
def test_the_last_line_names_everything_that_was_not_proven(verdict: Verdict, strict: bool, line: str) -> None:
    assert verdict_line(verdict, strict) == line


def test_a_report_has_a_case_for_each_step_and_any_text_in_it_is_valid_xml(tmp_path: Path) -> None:
    hop, path = Hop("h", "A <step>"), tmp_path / "report.xml"
    path.write_text("an older report", encoding="utf-8")
    failed = Outcome(hop, "failed", ("\x1b[31m & \x00",), "C: <m>", "fix it", 1.5, refusal=Refusal("C", "<m>"))
    ok, not_proven = Outcome(hop, "ok", ("fine",)), Outcome(hop, "not_proven", reason="why")
    report_file.write(
        path,
        junit.text_of({"ns/a": [failed, Outcome(hop, "skipped", reason="h failed")], "ns/b": [ok, not_proven]}),
        "--junit",
    )
    root = ElementTree.parse(path).getroot()
    assert {name: root.get(name) for name in ("tests", "failures", "skipped", "time")} == {
        "tests": "4",
        "failures": "1",
        "skipped": "2",
        "time": "1.500",
    }
    assert [suite.get("name") for suite in root] == ["ns/a", "ns/b"]
    failure = root.find(".//failure")
    assert failure is not None and failure.get("message") == "C: <m>"
    assert str(failure.text).startswith("fix it\n\ufffd[31m & \ufffd")
    assert [each.name for each in tmp_path.iterdir()] == ["report.xml"]


def test_a_disabled_custom_role_is_named_by_plan_and_test_and_is_not_waited_for(fresh: World) -> None:
    role, roles = "projects/acme-analytics/roles/loader", "/v1/projects/acme-analytics/roles"
    google = Clouds("acme-analytics").google
    body = {"title": "Loader", "stage": "GA", "includedPermissions": ["bigquery.jobs.create"]}
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    google.call("iam", "POST", roles, {"roleId": "loader", "role": body})
    setup = fresh.setup(with_roles(role))
    assert fresh.wif("apply", setup, "--yes").code == 0
    google.call("iam", "PATCH", f"/v1/{role}", {"stage": "DISABLED"})
    planned = fresh.wif("plan", setup)
    assert (planned.code, f"these custom roles are disabled, and give no permissions: {role}" in planned.err) == (
        1,
        True,
    )
    tested = fresh.wif("test", setup, "--from", "here", "--yes")
    assert (tested.code, f"the custom role {role} is disabled" in tested.out + tested.err) == (1, True)
    google.call("iam", "PATCH", f"/v1/{role}", {"stage": "GA"})
    assert fresh.wif("test", setup, "--from", "here", "--yes").code == 0
