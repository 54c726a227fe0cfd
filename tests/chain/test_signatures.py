"""Which permissions of a role are tested first."""

from wizard.chain.signatures import MOST, SIGNATURES, in_order, shipped_permissions


def test_every_signature_is_a_permission_of_its_role() -> None:
    for role, permission in SIGNATURES.items():
        assert permission in (shipped_permissions(role) or ()), role


def test_what_no_other_role_contains_comes_first_then_the_signature_then_the_roles_own() -> None:
    viewer = frozenset(shipped_permissions("roles/bigquery.dataViewer") or ())
    editor = shipped_permissions("roles/bigquery.dataEditor") or ()
    first = in_order("roles/bigquery.dataEditor", editor, [viewer])[:MOST]
    assert first[0] == "bigquery.tables.updateData"
    assert not set(first) & viewer
    alone = in_order("roles/bigquery.jobUser", shipped_permissions("roles/bigquery.jobUser") or (), [])
    assert alone[:2] == ["bigquery.jobs.create", "bigquery.config.get"]
    assert "resourcemanager.projects.list" not in alone


def test_what_projects_do_not_test_is_kept_if_there_is_nothing_else() -> None:
    assert in_order("roles/billing.user", ["billing.accounts.get"], []) == ["billing.accounts.get"]
    assert in_order("roles/x.y", [], []) == []
    assert shipped_permissions("roles/x.y") is None
