"""A pool whose members have a role anywhere is in use; where nobody can tell, revert leaves the pool and says why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.resources.test_resource_grants import MEMBER, PROJECT, ROLES, WORLD, grants
from tests.resources.writing import write
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Refused
from wizard.resources import policy_search
from wizard.resources.pool import Pool
from wizard.resources.service_account import ServiceAccount
from wizard.sandbox.process import Sandbox
from wizard.setup.resource_types import parse

POOL = Pool(PROJECT, "aws-prod")
SEARCH = "cloudasset.googleapis.com"
EACH = (
    "projects/acme-analytics/datasets/sales",
    "acme-analytics:stock.items",
    "gs://acme-raw",
    "projects/acme-analytics/topics/orders",
    "projects/acme-analytics/locations/asia-northeast1/keyRings/ring/cryptoKeys/signing",
)


def opened(folder: Path, *, searchable: bool) -> Sandbox:
    """A sandbox with a resource of each type, in which all policies can be searched, or not."""
    world: dict[str, Any] = yaml.safe_load(WORLD.read_text(encoding="utf-8"))
    world["google"]["projects"][0]["services"] += [SEARCH] if searchable else []
    path = folder / "world.yaml"
    path.write_text(yaml.safe_dump(world), encoding="utf-8")
    return Sandbox(str(path), ["--steady"])


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[Clouds]:
    with opened(tmp_path, searchable=True) as sandbox:
        yield Clouds(PROJECT, environ=sandbox.environ())


def test_nobody_uses_a_pool_without_grants(clouds: Clouds) -> None:
    assert POOL.in_use(clouds, {}) == []


@pytest.mark.parametrize("on", EACH)
def test_a_role_on_a_resource_counts(clouds: Clouds, on: str) -> None:
    write(grants(on), clouds)
    name = parse(on)
    assert name
    assert POOL.in_use(clouds, {}) == [f"{MEMBER} has the role {ROLES[on]} on {name.short}."]


def test_a_role_that_goes_with_the_same_revert_does_not_count(clouds: Clouds) -> None:
    resource = grants("gs://acme-raw")
    made = write(resource, clouds)
    assert POOL.in_use(clouds, {resource: Change(resource, made.before, resource.parts(made.after))}) == []


def test_an_index_that_is_late_does_not_keep_the_pool(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = grants("gs://acme-raw")
    made = write(resource, clouds)
    late = list(policy_search._searched(clouds, PROJECT, "workloadIdentityPools"))
    resource.restore(clouds, Change(resource, made.before, resource.parts(made.after)))
    monkeypatch.setattr(policy_search, "_searched", lambda *_: late)
    assert POOL.in_use(clouds, {}) == []


def test_a_role_on_a_folder_above_counts(clouds: Clouds) -> None:
    write(grants("folders/51"), clouds)
    (sentence,) = POOL.in_use(clouds, {})
    assert sentence.endswith(" on folders/51.")


def test_where_nobody_can_tell_the_pool_is_left_with_the_command_that_helps(tmp_path: Path) -> None:
    with opened(tmp_path, searchable=False) as sandbox:
        clouds = Clouds(PROJECT, environ=sandbox.environ())
        with pytest.raises(
            Refused, match=r"gcloud services enable cloudasset\.googleapis\.com --project=acme-analytics"
        ):
            POOL.in_use(clouds, {})


def test_a_role_on_the_project_is_told_without_a_search(tmp_path: Path) -> None:
    with opened(tmp_path, searchable=False) as sandbox:
        clouds = Clouds(PROJECT, environ=sandbox.environ())
        policy = clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{PROJECT}:getIamPolicy", {})
        policy["bindings"].append({"role": "roles/viewer", "members": [MEMBER]})
        clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{PROJECT}:setIamPolicy", {"policy": policy})
        (sentence,) = POOL.in_use(clouds, {})
    assert sentence.endswith("has the role roles/viewer on the project acme-analytics.")


ACCOUNT = ServiceAccount(PROJECT, f"signer-app@{PROJECT}.iam.gserviceaccount.com")
AS_ACCOUNT = f"serviceAccount:{ACCOUNT.email}"


def test_a_role_of_a_service_account_on_a_resource_counts(clouds: Clouds) -> None:
    assert ACCOUNT.in_use(clouds, {}) == []
    resource = grants("acme-analytics:stock.items", "", AS_ACCOUNT)
    made = write(resource, clouds)
    (sentence,) = ACCOUNT.in_use(clouds, {})
    assert sentence == (
        "The service account has the role roles/bigquery.dataViewer on acme-analytics:stock.items. The run did "
        "not grant this role."
    )
    assert ACCOUNT.in_use(clouds, {resource: Change(resource, made.before, resource.parts(made.after))}) == []


def test_a_service_account_is_left_where_nobody_can_tell(tmp_path: Path) -> None:
    with opened(tmp_path, searchable=False) as sandbox, pytest.raises(Refused, match="cannot search the policies"):
        ACCOUNT.in_use(Clouds(PROJECT, environ=sandbox.environ()), {})
