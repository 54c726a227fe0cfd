"""A condition that exists is widened: everyone whom it admits is still admitted, and only the wanted role is added."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.aws import AWS_DEFAULT_MAPPING, AWS_ROLE, condition_for
from wizard.federation.aws_identities import RoleSessions, named_in
from wizard.federation.conditions import literals
from wizard.federation.gate import Gate
from wizard.federation.mapping import ExpressionError
from wizard.federation.widening import CannotWiden, Widened, widened

ACCOUNT = "111122223333"
PREFIX = f"arn:aws:sts::{ACCOUNT}:assumed-role/"
TEAM_B = RoleSessions(ACCOUNT, "team-b")
SHORT = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn.extract('assumed-role/{role}/')"}
WHOLE = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn"}

FORMS = (
    "attribute.aws_role == '{arn}'",
    "attribute.aws_role in ['{arn}', '{prefix}{other}']",
    'attribute.aws_role=="{arn}"',
    "attribute.aws_role.startsWith('{prefix}')",
    "attribute.aws_role.endsWith('/{role}')",
    "assertion.arn.contains('assumed-role/{role}/')",
    "assertion.arn.matches('.*{role}.*')",
    "assertion.account == '{account}' && attribute.aws_role != '{arn}'",
    "!assertion.arn.startsWith('{arn}/') || google.subject.endsWith('x') // a comment",
    "attribute.aws_role == '{arn}' ? true : assertion.arn.split('/')[1] == '{other}'",
    "(assertion.arn.startsWith('{prefix}{other}')) || (attribute.aws_role == '{arn}')",
    "attribute.nowhere == 'x' || attribute.aws_role in ['{role}', '{other}']",
    "false",
    "",
)
"""Ten forms that people write, and some that are hard to join."""

NAMES = st.sampled_from(["team-a", "team-b", "team", "b", "team-b-2", "loader", "x.y+z"])


def widen(old: str, there: dict[str, str] = AWS_DEFAULT_MAPPING, **more: object) -> Widened:
    """Widen a provider with this mapping and condition for team-b."""
    wanted = {"mapping": AWS_DEFAULT_MAPPING, "condition": None, "sessions": TEAM_B, **more}
    return widened(there, old, wanted["mapping"], wanted["condition"], wanted["sessions"])  # type: ignore[arg-type]


@given(st.sampled_from(FORMS), NAMES, NAMES, NAMES, st.sampled_from([AWS_DEFAULT_MAPPING, SHORT, WHOLE]))
def test_nobody_loses_and_only_the_wanted_role_is_added(
    form: str, old_role: str, other: str, role: str, mapping: dict[str, str]
) -> None:
    values = {"arn": f"{PREFIX}{old_role}", "role": old_role, "other": other, "prefix": PREFIX, "account": ACCOUNT}
    condition = form.format(**values)
    sessions = RoleSessions(ACCOUNT, role)
    try:
        after = widened(mapping, condition, AWS_DEFAULT_MAPPING, None, sessions)
    except CannotWiden:
        return
    assert mapping.items() <= after.mapping.items()
    old, new = Gate(mapping, condition), Gate(after.mapping, after.condition)
    every = [RoleSessions(ACCOUNT, name) for name in ("team-a", "team-b", "team", "b", "team-b-2", "loader", "x.y+z")]
    tried = [each for one in every for each in (*one.identities(), one.session("short"), *one.others())]
    tried += named_in(literals(condition), ACCOUNT)
    for identity in tried:
        if old.admits(identity):
            assert new.admits(identity), identity
        elif new.admits(identity):
            assert sessions.includes(identity), identity
    assert all(new.admits(identity) for identity in (*sessions.identities(), sessions.session("another-session")))


@given(st.sampled_from(FORMS), NAMES, NAMES)
def test_a_widened_condition_is_in_place(form: str, old_role: str, other: str) -> None:
    values = {"arn": f"{PREFIX}{old_role}", "role": old_role, "other": other, "prefix": PREFIX, "account": ACCOUNT}
    try:
        once = widen(form.format(**values))
    except CannotWiden:
        return
    assert widen(once.condition, once.mapping) == once


def test_a_list_gets_one_more_value() -> None:
    team_a, team_b = condition_for(ACCOUNT, "team-a"), condition_for(ACCOUNT, "team-b")
    both = f"attribute.aws_role in ['{PREFIX}team-a', '{PREFIX}team-b']"
    assert widen(team_a).condition == both
    assert widen(team_b).condition == team_b
    assert widen(both, sessions=RoleSessions(ACCOUNT, "c")).condition == f"{both[:-1]}, '{PREFIX}c']"


def test_another_condition_is_kept_beside_ours_and_the_next_role_joins_ours() -> None:
    foreign = "assertion.arn.endsWith('/nightly')"
    once = widen(foreign).condition
    assert once == f"({foreign}) || ({condition_for(ACCOUNT, 'team-b')})"
    twice = widen(once, sessions=RoleSessions(ACCOUNT, "c")).condition
    assert twice == f"({foreign}) || (attribute.aws_role in ['{PREFIX}team-b', '{PREFIX}c'])"


def test_a_comment_does_not_swallow_what_is_joined() -> None:
    once = widen("assertion.arn.endsWith('/nightly') // ask the team").condition
    twice = widen(once, sessions=RoleSessions(ACCOUNT, "c")).condition
    for condition, role in ((once, "team-b"), (twice, "team-b"), (twice, "c")):
        assert Gate(AWS_DEFAULT_MAPPING, condition).admits(RoleSessions(ACCOUNT, role).session("x"))


@pytest.mark.parametrize(
    "condition",
    [
        "",
        f"attribute.aws_role.startsWith('{PREFIX}')",
        "assertion.arn.contains('team-b')",
        f"assertion.account == '{ACCOUNT}'",
    ],
)
def test_what_admits_the_role_already_stays_as_it_is(condition: str) -> None:
    assert widen(condition).condition == condition


def test_a_condition_for_one_session_of_the_role_does_not_admit_the_role() -> None:
    one = f"assertion.arn == '{TEAM_B.identities()[0].arn}'"
    assert widen(one).condition == f"({one}) || ({condition_for(ACCOUNT, 'team-b')})"


def test_a_wider_choice_widens() -> None:
    account = f"attribute.aws_role.startsWith('{PREFIX}')"
    team_a = condition_for(ACCOUNT, "team-a")
    assert widen(team_a, condition=account).condition == f"({team_a}) || ({account})"
    assert widen(account, condition=account).condition == account


def test_existing_keys_keep_their_expressions_and_the_condition_follows_their_values() -> None:
    after = widen("attribute.aws_role == 'team-a'", {"google.subject": "assertion.arn", **SHORT})
    assert after.mapping == SHORT
    # An IAM user at the path /assumed-role/team-b/ has the same short value, so that the value is not enough.
    assert after.condition == f"(attribute.aws_role == 'team-a') || (assertion.arn.startsWith('{PREFIX}team-b/'))"


@pytest.mark.parametrize(
    ("mapping", "condition", "reason"),
    [
        (WHOLE, "false", "the attribute mapping defines no attribute that is the same for every session"),
        (
            AWS_DEFAULT_MAPPING,
            "attribute.aws_role = 'x'",
            "could not evaluate an expression of the provider: attributeCondition",
        ),
        (AWS_DEFAULT_MAPPING, f"false || {' || '.join(['false'] * 450)}", "characters, and the limit is 4096"),
        (
            {"google.subject": "assertion.arn"},
            "!('aws_role' in attribute)",
            "depends on attributes that are not mapped",
        ),
        ({"google.subject": "assertion.arn"}, f"attribute.aws_role == '{PREFIX}x'", "depends on attributes"),
    ],
)
def test_what_cannot_be_widened_safely_says_why(mapping: dict[str, str], condition: str, reason: str) -> None:
    with pytest.raises(CannotWiden, match=reason):
        widen(condition, mapping)


def test_a_mapping_that_others_could_fail_is_not_added() -> None:
    fragile = {**AWS_DEFAULT_MAPPING, "attribute.third": "assertion.arn.split('/')[2]"}
    with pytest.raises(CannotWiden, match="now, but would reject"):
        widen("", AWS_DEFAULT_MAPPING, mapping=fragile)


def test_a_subject_that_is_too_long_for_the_role_is_refused() -> None:
    with pytest.raises(CannotWiden, match="127 bytes"):
        widen("", sessions=RoleSessions(ACCOUNT, "r" * 64))


def test_a_condition_of_the_setup_that_refuses_the_role_is_refused() -> None:
    with pytest.raises(CannotWiden, match="the condition of the setup does not allow the role"):
        widen("false", condition="attribute.aws_role == 'team-b'")
    assert widen("false", condition="assertion.userid.startsWith('AROAX')").condition.endswith("'AROAX'))")


def test_a_mapping_with_the_role_in_the_subject_gets_the_missing_key() -> None:
    after = widen("false", {"google.subject": AWS_ROLE})
    assert after.mapping == {"google.subject": AWS_ROLE, "attribute.aws_role": AWS_ROLE}


def test_a_gate_refuses_what_does_not_compile() -> None:
    with pytest.raises(ExpressionError):
        Gate({"google.subject": "nothing"})
