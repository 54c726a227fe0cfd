"""The APIs of a project: those that are off are switched on, in one call; none is ever switched off."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.resources.writing import action, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Refused
from wizard.resources.kind import Needed
from wizard.resources.services import EnabledServices

IAM, STS, STORAGE, SPANNER = (f"{name}.googleapis.com" for name in ("iam", "sts", "storage", "spanner"))
PUBSUB, SECRETS = "pubsub.googleapis.com", "secretmanager.googleapis.com"
Calls = Callable[[], list[dict[str, Any]]]


def writes(calls: Calls) -> list[str]:
    """The last part of each path that was written to."""
    return [each["path"].rpartition("/")[2] for each in calls() if each["kind"] == "write"]


def test_what_is_off_is_switched_on_in_one_call(clouds: Clouds, calls: Calls) -> None:
    wanted = EnabledServices("acme-analytics", (IAM, STS, STORAGE))
    assert wanted.read(clouds) == {IAM: "ENABLED", STS: "DISABLED", STORAGE: "DISABLED"}
    assert write(wanted, clouds).action == "update"
    assert wanted.read(clouds) == wanted.desired()
    assert writes(calls) == ["services:batchEnable"]


def test_one_alone_is_switched_on_by_its_name(clouds: Clouds, calls: Calls) -> None:
    wanted = EnabledServices("acme-analytics", (IAM, SPANNER))
    write(wanted, clouds)
    assert action(wanted, clouds) == "none"
    assert writes(calls) == [f"{SPANNER}:enable"]


def test_only_what_is_off_is_in_the_command() -> None:
    wanted = EnabledServices("acme-analytics", (IAM, STS, STORAGE))
    change = Change(wanted, {IAM: "ENABLED", STS: "DISABLED", STORAGE: "DISABLED"}, wanted.desired())
    assert wanted.commands(change) == [f"gcloud services enable {STS} {STORAGE} --project=acme-analytics"]
    assert wanted.permissions(change) == [Needed("google", "serviceusage.services.enable", "acme-analytics")]


def test_they_are_never_switched_off(clouds: Clouds) -> None:
    with pytest.raises(Refused, match="cannot delete"):
        EnabledServices("acme-analytics", (IAM,)).delete(clouds)


def test_each_is_switched_off_again_unless_others_have_used_it(clouds: Clouds, calls: Calls) -> None:
    wanted = EnabledServices("acme-analytics", (IAM, PUBSUB, SECRETS))
    change = write(wanted, clouds)
    ours = {PUBSUB: "ENABLED", SECRETS: "ENABLED"}
    former = Change(wanted, {service: (change.before or {})[service] for service in ours}, ours)
    with pytest.raises(Refused, match=f"did not disable {PUBSUB}: The service {PUBSUB} has usage in the last 30 days"):
        wanted.restore(clouds, former)
    assert wanted.read(clouds) == {IAM: "ENABLED", PUBSUB: "ENABLED", SECRETS: "DISABLED"}
    assert writes(calls)[-2:] == [f"{PUBSUB}:disable", f"{SECRETS}:disable"]


def test_a_refusal_is_told_in_googles_words(clouds: Clouds) -> None:
    wanted = EnabledServices("acme-ledger", (STS,))
    assert wanted.read(clouds) == {STS: "DISABLED"}
    with pytest.raises(CloudError) as refused:
        write(wanted, clouds)
    assert (refused.value.status, refused.value.reason) == (403, "PERMISSION_DENIED")
    assert not wanted.moved(refused.value)
