"""Every member of policies that includes a role of AWS, by the mapping of its provider."""

from wizard.federation.aws_identities import RoleSessions
from wizard.federation.grantee import members_of_role
from wizard.federation.identifiers import PoolName

POOL = PoolName("123456789012", "aws-prod")
SET = f"principalSet://iam.googleapis.com/{POOL.name}"
ROLE = RoleSessions("111122223333", "loader")


def test_what_is_the_same_for_all_sessions_includes_the_role() -> None:
    mapping = {
        "google.subject": "assertion.arn",
        "attribute.account": "assertion.account",
        "attribute.aws_role": "assertion.arn.extract('assumed-role/{role}/')",
        "attribute.session": "assertion.arn",
    }
    assert members_of_role(mapping, ROLE, POOL) == {
        f"{SET}/*",
        f"{SET}/attribute.account/111122223333",
        f"{SET}/attribute.aws_role/loader",
    }


def test_a_stable_subject_and_groups_include_the_role() -> None:
    mapping = {"google.subject": "'loader'", "google.groups": "['batch', 'nightly']"}
    assert members_of_role(mapping, ROLE, POOL) == {
        f"{SET.replace('principalSet:', 'principal:')}/subject/loader",
        f"{SET}/*",
        f"{SET}/group/batch",
        f"{SET}/group/nightly",
    }
