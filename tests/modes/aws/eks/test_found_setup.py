"""Which cluster and which service account a credential configuration of a pod on EKS belongs to."""

from types import SimpleNamespace
from typing import Any

import pytest

from wizard.federation.identifiers import PoolName, ProviderName
from wizard.modes.aws.eks import found_setup
from wizard.modes.aws.eks.cluster import EksCluster
from wizard.modes.granted import Granted
from wizard.setup.problems import BadInput

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/5D0A9B8C7E6F4A3B2C1D0E9F8A7B6C5D"
POOL = PoolName("123456789012", "aws-prod")
MEMBER = f"principal://iam.googleapis.com/{POOL.name}/subject/system:serviceaccount:"


@pytest.mark.parametrize(
    ("issuers", "name"),
    [
        ({"shop": ISSUER, "other": "https://x"}, "shop"),
        ({"other": "https://x", "shop": ISSUER}, "shop"),
        ({"only": "https://x"}, "only"),
        ({"a": "https://x", "b": "https://y"}, ""),
        ({}, ""),
    ],
)
def test_the_cluster_has_the_issuer_of_the_provider_or_is_the_only_one(
    monkeypatch: pytest.MonkeyPatch, issuers: dict[str, str], name: str
) -> None:
    monkeypatch.setattr(found_setup, "names", lambda _: list(issuers))
    monkeypatch.setattr(found_setup, "read", lambda _, each, region: EksCluster(each, region, issuers[each]))
    clouds: Any = SimpleNamespace(aws=SimpleNamespace(caller=lambda: {"Account": "111122223333"}))
    if name:
        cluster, account = found_setup._cluster(clouds, "eu-central-1", ISSUER)
        assert (cluster.name, account) == (name, "111122223333")
        return
    with pytest.raises(BadInput, match="pass the setup file"):
        found_setup._cluster(clouds, "eu-central-1", ISSUER)


@pytest.mark.parametrize(
    ("members", "condition", "existing", "chosen"),
    [
        (["orders:loader"], "google.subject == 'system:serviceaccount:orders:loader'", None, "orders/loader"),
        (["order:loader"], "google.subject == 'system:serviceaccount:orders:loader'", "orders/loader", "orders/loader"),
        (["orders:loader"], "google.subject == 'system:serviceaccount:order:loader'", "orders/loader", "orders/loader"),
        (["orders:loader", "web:shop"], "assertion.sub in ['system:serviceaccount:web:shop']", None, "web/shop"),
        ([], "google.subject == 'system:serviceaccount:orders:loader'", "", "orders/loader"),
        (["orders:loader"], "", "", "orders/loader"),
        (["orders:loader", "web:shop"], "", None, "several"),
        ([], "", None, "neither"),
    ],
)
def test_the_service_account_is_the_one_that_both_name_or_that_exists(
    members: list[str], condition: str, existing: str | None, chosen: str
) -> None:
    bindings = [{"role": "roles/x", "members": [f"{MEMBER}{each}" for each in members]}]
    granted = Granted({"acme-analytics": bindings}, (), None, "", ())
    named, provider = ProviderName(POOL, "eks-shop"), {"condition": condition}

    def may_exist(candidate: Any) -> bool:
        return existing is None or candidate.title == existing

    if "/" in chosen:
        assert found_setup._chosen(named, provider, granted, may_exist).title == chosen
        return
    with pytest.raises(BadInput, match=chosen):
        found_setup._chosen(named, provider, granted, may_exist)


@pytest.mark.parametrize(
    ("member", "exists", "code"),
    [
        (f"{MEMBER}order:loader", False, "WIF0516"),
        (f"{MEMBER}order:loader", True, ""),
        (f"{MEMBER}orders:LOADER", False, "WIF0512"),
        (f"{MEMBER}orders:loader".replace("aws-prod", "aws-test"), True, "WIF0514"),
        (f"{MEMBER}orders:loader".replace("system:serviceaccount:orders:", "ns/orders/sa/"), True, "WIF0512"),
        (f"{MEMBER}web:shop", False, ""),
    ],
)
def test_what_wrong_members_have_beside_the_service_account_is_a_note(member: str, exists: bool, code: str) -> None:
    bindings = [{"role": "roles/x", "members": [f"{MEMBER}orders:loader"]}, {"role": "roles/y", "members": [member]}]
    granted = Granted({"acme-analytics": bindings}, (), None, "", ())
    chosen = found_setup._Candidate("orders", "loader", "")
    found = found_setup._near_grants(ProviderName(POOL, "eks-shop"), granted, chosen, lambda _: exists)
    assert [(each.observation.code, each.observation.severity, each.role) for each in found] == (
        [(code, "note", "roles/y")] if code else []
    )
