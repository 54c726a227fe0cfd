"""What the permission step says about each wanted role: from what the probe saw, and from the policy as it was read."""

import pytest

from wizard.chain.hop import PERMISSION, Outcome, Refusal, verdict
from wizard.chain.project_policy import Binding, ProjectPolicy, is_account
from wizard.chain.role_results import judged
from wizard.chain.target import Target, WantedRole, bigquery_project, holders_of_missing, missing_roles

ME, OTHER = "principal://me", "principal://other"
ROLE, OTHER_ROLE, P1, P2 = "roles/pubsub.publisher", "roles/pubsub.editor", "pubsub.topics.publish", "pubsub.topics.get"
GRANTED = ProjectPolicy((Binding(ROLE, (OTHER, ME)),))
NOT_GRANTED = ProjectPolicy((Binding(ROLE, (OTHER,)),))


def names(member: str) -> bool:
    return member == ME


def outcome(held: tuple[str, ...] = (), missing: tuple[str, ...] = (), untestable: tuple[str, ...] = ()) -> Outcome:
    received = {
        kind: [{"project": "acme", "permission": name} for name in found]
        for kind, found in (("held", held), ("missing", missing), ("untestable", untestable))
    }
    return Outcome.of(PERMISSION, (), Refusal("MISSING", "not granted") if missing else None, received=received)


def judge(seen: Outcome, role: WantedRole, policy: ProjectPolicy | None, *more: WantedRole, known: bool = True):
    found = judged(seen, [Target("acme", (role, *more), policy)], names if known else None)
    return found, found.evidence[0].removeprefix(f"{role.name} on acme: ")


TESTED = WantedRole(ROLE, (P1, P2))
UNTESTED = WantedRole(ROLE, (), "why")


@pytest.mark.parametrize("policy", [GRANTED, None])
def test_a_role_whose_permissions_are_held_is_effective(policy: ProjectPolicy | None) -> None:
    found, text = judge(outcome(held=(P1, P2)), TESTED, policy)
    assert (found.status, text) == ("ok", f"effective ({P1} and 1 more permission)")
    assert verdict([found]).not_proven == ()


@pytest.mark.parametrize("policy", [GRANTED, NOT_GRANTED, None])
def test_a_role_of_which_one_permission_is_not_held_failed(policy: ProjectPolicy | None) -> None:
    found, text = judge(outcome(held=(P1,), missing=(P2,)), TESTED, policy)
    assert (found.status, text) == ("failed", f"not effective ({P2})")
    assert found.refusal and found.refusal.code == "MISSING"
    assert missing_roles(found) == f"{ROLE} on acme"


def test_a_condition_under_which_a_missing_role_is_granted_is_named() -> None:
    policy = ProjectPolicy((Binding(ROLE, (ME,), "request.time < x"),))
    assert "under the condition `request.time < x`" in judge(outcome(missing=(P1,)), TESTED, policy)[1]


def test_a_grant_that_the_policy_does_not_show_is_said() -> None:
    found, text = judge(outcome(held=(P1, P2)), TESTED, NOT_GRANTED)
    assert found.status == "ok" and text.endswith("through a grant that the project's policy does not show")


@pytest.mark.parametrize(
    ("policy", "within", "status", "words"),
    [
        (ProjectPolicy((Binding(OTHER_ROLE, (ME,)),)), True, "ok", f"effective, with permissions from {OTHER_ROLE} ("),
        (
            ProjectPolicy((Binding(OTHER_ROLE, (ME,)), Binding(ROLE, (ME,)))),
            True,
            "ok",
            f"the permissions also come from {OTHER_ROLE}",
        ),
        (ProjectPolicy((Binding(OTHER_ROLE, (ME,)), Binding(ROLE, (ME,)))), False, "ok", "permission)"),
        (None, True, "ok", f"the permissions also come from {OTHER_ROLE}"),
        (None, False, "not_proven", "could not read the project's policy"),
        (ProjectPolicy((Binding(OTHER_ROLE, (ME,)),)), False, "failed", "does not grant the role"),
        (
            ProjectPolicy((Binding(OTHER_ROLE, (ME,)),), "folders/1"),
            False,
            "not_proven",
            "did not read other policies (folders/1)",
        ),
        (
            ProjectPolicy((Binding(OTHER_ROLE, (ME,)), Binding(ROLE, ("group:g@acme.example",)))),
            False,
            "not_proven",
            "grants the role only to group:g@acme.example",
        ),
        (
            ProjectPolicy((Binding(OTHER_ROLE, (ME,)), Binding(ROLE, (ME,), "true"))),
            False,
            "not_proven",
            "under the condition `true`",
        ),
    ],
)
def test_permissions_that_another_role_gives_prove_a_role_only_if_that_role_has_all_of_its_permissions(
    policy: ProjectPolicy | None, within: bool, status: str, words: str
) -> None:
    role = WantedRole(ROLE, (P1, P2), shared={OTHER_ROLE: frozenset({P1, P2})}, within=(OTHER_ROLE,) if within else ())
    found, text = judge(outcome(held=(P1, P2)), role, policy)
    assert (found.status, words in text) == (status, True), text


@pytest.mark.parametrize(
    ("policy", "status", "words"),
    [
        (GRANTED, "not_proven", "the policy grants the role, but the test could not verify the role: why"),
        (
            ProjectPolicy((Binding(ROLE, (ME,), "c"),)),
            "not_proven",
            "under the condition `c`, and the test could not verify the role: why",
        ),
        (ProjectPolicy((Binding(ROLE, ("group:g@acme.example",)),)), "not_proven", "only to group:g@acme.example"),
        (
            ProjectPolicy(NOT_GRANTED.bindings, "organizations/1"),
            "not_proven",
            "did not read other policies (organizations/1)",
        ),
        (NOT_GRANTED, "failed", "does not grant the role to the workload, and the test could not verify the role: why"),
        (
            ProjectPolicy(),
            "failed",
            "does not grant the role to the workload, and the test could not verify the role: why",
        ),
        (None, "not_proven", "the wizard could not read the project's policy, and the test could not"),
    ],
)
def test_a_role_that_cannot_be_tested_is_judged_by_the_policy(
    policy: ProjectPolicy | None, status: str, words: str
) -> None:
    found, text = judge(outcome(), UNTESTED, policy)
    assert (found.status, words in text) == (status, True), text
    assert (verdict([found]).not_proven != ()) is (status == "not_proven")


def test_permissions_that_the_target_could_not_test_are_judged_by_the_policy_too() -> None:
    found, text = judge(outcome(untestable=(P1, P2)), TESTED, GRANTED)
    assert (found.status, text) == (
        "not_proven",
        "the policy grants the role, but the test could not verify the role: Google Cloud cannot test any permission "
        "of the role on a project",
    )


def test_who_the_workload_is_may_not_be_known() -> None:
    found, text = judge(outcome(), UNTESTED, GRANTED, known=False)
    assert (found.status, text) == (
        "not_proven",
        "the wizard does not know how policies name the workload, and the test could not verify the role: why",
    )


def test_a_role_that_does_not_exist_failed_whatever_else_is_held() -> None:
    found, _ = judge(outcome(held=(P1, P2)), TESTED, GRANTED, WantedRole("roles/x.y", gone="absent"))
    assert (found.status, found.refusal) == ("failed", Refusal("NO_SUCH_ROLE", "roles/x.y does not exist"))


def test_what_failed_otherwise_or_was_skipped_stays_as_it_is() -> None:
    denied = Outcome.of(PERMISSION, ("e",), Refusal("PERMISSION_DENIED", "no"))
    for seen in (denied, Outcome(PERMISSION, "skipped", ("exchange failed",), "exchange failed")):
        assert judged(seen, [Target("acme", (TESTED,), GRANTED)], names) is seen


def test_a_failed_step_still_names_what_it_did_not_prove() -> None:
    found, _ = judge(outcome(missing=(P1,)), WantedRole(ROLE, (P1,)), None, WantedRole("roles/billing.user", (), "why"))
    assert verdict([found]).not_proven == (
        "roles/billing.user on acme: the wizard could not read the project's policy, and the test could not verify "
        "the role: why",
    )


def test_roles_that_cannot_do_their_usual_job_are_noted() -> None:
    found, _ = judge(outcome(held=(P1, P2)), WantedRole("roles/bigquery.dataEditor", (P1, P2)), GRANTED)
    assert "roles/bigquery.jobUser" in verdict([found]).notes[0]


def test_whoever_has_a_missing_role_is_told_for_each_project() -> None:
    """Not only for the project that was read last."""
    seen = Outcome(PERMISSION, "failed", received={"roles": [{"project": "a", "role": ROLE, "status": "missing"}]})
    targets = [Target("a", (TESTED,), NOT_GRANTED), Target("b", (TESTED,), GRANTED)]
    assert holders_of_missing(seen, targets) == (OTHER,)
    assert holders_of_missing(seen, [Target("a", (TESTED,))]) is None


def test_waiting_is_in_vain_where_nobody_has_a_role() -> None:
    assert Target("a", (TESTED,), ProjectPolicy()).nobody_has_one
    assert not Target("a", (TESTED,), NOT_GRANTED).nobody_has_one
    assert not Target("a", (TESTED,)).nobody_has_one


def test_a_query_is_tried_where_a_role_for_jobs_is_wanted() -> None:
    targets = [Target("a", (TESTED,)), Target("b", (WantedRole("roles/bigquery.jobUser", runs_queries=True),))]
    assert (bigquery_project(targets), bigquery_project(targets[:1])) == ("b", None)


def test_a_service_account_is_recognised_in_any_case() -> None:
    assert is_account("serviceAccount:A@acme.iam.gserviceaccount.com", "a@acme.iam.gserviceaccount.com")
    assert not is_account("user:a@acme.example", "a@acme.example")


UNTIL = "request.time < timestamp('2090-01-01T00:00:00Z')"
OFFICE_HOURS = "request.time.getHours() >= 0"
UNDER = Binding(ROLE, (OTHER, ME), UNTIL)


@pytest.mark.parametrize(
    ("bindings", "within", "words"),
    [
        ((UNDER,), (), [f"{ME} has {ROLE} on projects/acme only until 2090-01-01 (UTC)"]),
        ((Binding(ROLE, (ME,), OFFICE_HOURS),), (), [f"{ME} has {ROLE} on projects/acme only at certain times"]),
        ((UNDER, Binding(ROLE, (ME,))), (), []),
        ((UNDER, Binding(OTHER_ROLE, (ME,))), (OTHER_ROLE,), []),
        ((UNDER, Binding(OTHER_ROLE, (ME,))), (), [f"{ME} has {ROLE} on projects/acme only until 2090-01-01 (UTC)"]),
        ((Binding(ROLE, (ME,), "resource.name == 'a'"),), (), []),
    ],
)
def test_a_role_that_ends_is_named_with_its_end(
    bindings: tuple[Binding, ...], within: tuple[str, ...], words: list[str]
) -> None:
    role = WantedRole(ROLE, (P1, P2), within=within)
    found, _ = judge(outcome(held=(P1, P2)), role, ProjectPolicy(bindings))
    assert [ending.text.split(", because")[0] for ending in found.endings] == words
    missing, _ = judge(outcome(missing=(P1, P2)), role, ProjectPolicy(bindings))
    assert missing.endings == ()
