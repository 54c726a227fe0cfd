"""What a project keeps of a deleted service account, pool or provider."""

from datetime import UTC, datetime, timedelta

import pytest

from wizard.sandbox.model.policy import Binding
from wizard.sandbox.model.projects import Project, Projects
from wizard.sandbox.model.refusals import AlreadyExistsError

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def project() -> Project:
    return Project("acme-analytics", "123456789012", "Acme Analytics", NOW)


@pytest.fixture
def projects(project: Project) -> Projects:
    projects = Projects()
    projects.add(project)
    return projects


def test_a_project_is_found_by_id_and_by_number(projects: Projects, project: Project) -> None:
    assert projects.find(project.id) is projects.find(project.number) is project
    assert list(projects) == [project]


def test_a_new_account_inherits_nothing_from_a_deleted_one_of_its_name(projects: Projects, project: Project) -> None:
    old = project.add_account("loader")
    project.policy.seed((Binding("roles/viewer", (old.member,)),), NOW)
    projects.delete_account(project, old, NOW)
    new = project.add_account("loader")
    assert project.policy.members == {old.deleted_member}
    assert new.member == old.member
    assert new.unique_id != old.unique_id


def test_an_undeleted_account_has_its_grants_again(projects: Projects, project: Project) -> None:
    account = project.add_account("loader")
    project.policy.seed((Binding("roles/viewer", (account.member,)),), NOW)
    projects.delete_account(project, account, NOW)
    assert projects.account(account.email) is None
    projects.undelete_account(project, account, NOW)
    assert projects.account(account.unique_id) is account
    assert project.policy.members == {account.member}


def test_the_id_of_a_deleted_pool_is_in_use_for_30_days(project: Project) -> None:
    pool = project.add_pool("aws-prod", {})
    pool.delete(NOW)
    with pytest.raises(AlreadyExistsError):
        project.add_pool("aws-prod", {})
    assert not pool.expired(NOW + timedelta(days=30, seconds=-1))
    assert pool.expired(NOW + timedelta(days=30))


def test_a_disabled_deleted_or_unfinished_provider_cannot_be_used(project: Project) -> None:
    pool = project.add_pool("aws-prod", {})
    provider = pool.add_provider("aws-main", {"aws": {"accountId": "111122223333"}}, ready=False)
    assert not provider.usable
    provider.ready = True
    assert provider.usable
    provider.delete(NOW)
    assert not provider.usable
    provider.undelete()
    provider.fields["disabled"] = True
    assert not provider.usable
