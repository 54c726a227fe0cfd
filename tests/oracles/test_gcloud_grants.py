"""The grant commands that a plan prints, typed into gcloud in a copy of the world, do what apply does."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from tests.oracles.programs import Program, need
from tests.resources.test_held_grants import MEMBER, PROJECT, WORLD, on_account, on_project
from tests.resources.writing import change_of, write
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox

ROLES = (
    "roles/logging.logWriter",
    "roles/pubsub.publisher",
    "roles/pubsub.subscriber",
    "roles/bigquery.jobUser",
    "roles/bigquery.dataViewer",
    "roles/bigquery.dataEditor",
    "roles/bigquery.user",
    "roles/storage.objectViewer",
)
"""Roles that are granted in every way: inherited, under conditions, through others, and not at all."""
ACCOUNT = "serviceAccount:scorer@acme-payments.iam.gserviceaccount.com"
RESOURCES = (
    *(on_project(role) for role in ROLES),
    on_project("roles/storage.objectViewer", ACCOUNT),
    on_account("scorer"),
    on_account("checkout"),
    on_account("scorer", MEMBER),
)


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two sandboxes with the same in them."""
    need("gcloud")
    with Sandbox(str(WORLD)) as one, Sandbox(str(WORLD)) as copy:
        yield one, copy


def policies(sandbox: Sandbox) -> Any:
    """The project's policy and those of its accounts, without their etags."""
    clouds = Clouds(PROJECT, environ=sandbox.environ())
    body = {"options": {"requestedPolicyVersion": 3}}
    found = [clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{PROJECT}:getIamPolicy", body)]
    for name in ("scorer", "checkout"):
        found.append(clouds.google_iam.get_policy(PROJECT, f"{name}@acme-payments.iam.gserviceaccount.com"))
    return [policy.get("bindings") for policy in found]


def test_gcloud_does_what_apply_does(worlds: tuple[Sandbox, Sandbox]) -> None:
    applied, typed = worlds
    assert policies(applied) == policies(typed)
    gcloud, printed = Program("gcloud", typed.environ()), []
    for resource in RESOURCES:
        change = change_of(resource, Clouds(PROJECT, environ=typed.environ()))
        for command in resource.commands(change):
            printed.append(command)
            gcloud.ok(*shlex.split(command)[1:])
        write(resource, Clouds(PROJECT, environ=applied.environ()))
    assert len(printed) == 6, "nothing for what is in place another way"
    assert policies(applied) == policies(typed)
