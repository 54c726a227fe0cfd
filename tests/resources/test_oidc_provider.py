"""The OIDC provider for a cluster: one that exists is widened, and nobody loses access."""

from dataclasses import replace
from typing import Any

import pytest

from tests.resources.writing import action, change_of, finish, write
from wizard.clouds.session import Clouds
from wizard.engine.resource import Refused
from wizard.resources.oidc_provider import OidcProvider, ServiceAccountTokens
from wizard.resources.pool import Pool

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/5D0A9B8C7E6F4A3B2C1D0E9F8A7B6C5D"
TOKENS = ServiceAccountTokens(ISSUER, "shop", "orders", "loader")
OURS = "google.subject == 'system:serviceaccount:orders:loader'"
PROJECT, NUMBER, POOL = "acme-analytics", "123456789012", "clusters"


@pytest.fixture
def clouds(clouds: Clouds) -> Clouds:
    pool = Pool(PROJECT, POOL)
    if pool.read(clouds) is None:
        write(pool, clouds)
    return clouds


def provider(name: str, **more: Any) -> OidcProvider:
    return replace(OidcProvider(PROJECT, POOL, name, NUMBER, TOKENS), **more)


def made(clouds: Clouds, name: str, **fields: Any) -> OidcProvider:
    """A provider that somebody else made."""
    body = {"oidc": {"issuerUri": ISSUER}, "attributeMapping": {"google.subject": "assertion.sub"}, **fields}
    parent, query = provider(name).name.rsplit("/", 1)[0], {"workloadIdentityPoolProviderId": name}
    clouds.google.call("iam", "POST", f"/v1/{parent}", body, query)
    return provider(name)


def test_a_new_provider_reads_as_it_was_wanted_and_is_deleted_and_undeleted(clouds: Clouds) -> None:
    wanted = provider("eks-new")
    assert write(wanted, clouds).action == "create"
    assert wanted.read(clouds) == {**wanted.desired(), "type": "oidc", "account": None}
    assert wanted.desired()["condition"] == OURS
    finish(wanted.delete(clouds))
    change = change_of(wanted, clouds)
    assert change.action == "undelete"
    assert "will undelete the provider" in (wanted.impact(change) or "")
    write(wanted, clouds)
    assert action(wanted, clouds) == "none"


def test_two_service_accounts_share_a_provider(clouds: Clouds) -> None:
    first = provider("eks-shared")
    second = replace(first, tokens=ServiceAccountTokens(ISSUER, "shop", "web", "shop"))
    for wanted in (first, second):
        write(wanted, clouds)
    assert [action(wanted, clouds) for wanted in (first, second)] == ["none", "none"]
    state = first.read(clouds)
    assert state
    assert state["condition"] == (
        "google.subject in ['system:serviceaccount:orders:loader', 'system:serviceaccount:web:shop']"
    )


NAMESPACE = "assertion['kubernetes.io']['namespace'] in ['orders']"
WEB = "assertion.sub.startsWith('system:serviceaccount:web:')"


@pytest.mark.parametrize(
    ("old", "new"),
    [("", ""), (NAMESPACE, NAMESPACE), (WEB, f"({WEB}) || ({OURS})")],
    ids=["none", "one that admits us", "one that does not"],
)
def test_an_existing_condition_is_kept_or_widened(clouds: Clouds, old: str, new: str) -> None:
    wanted = made(clouds, f"eks-old-{len(old)}", attributeCondition=old)
    if new != old:
        write(wanted, clouds)
    state = wanted.read(clouds)
    assert state and state["condition"] == new
    assert action(wanted, clouds) == "none"
    notes = wanted.notes(change_of(wanted, clouds))
    assert bool(notes) == (not old)


def test_audiences_and_further_attributes_stay(clouds: Clouds) -> None:
    mapping = {"google.subject": "assertion.sub", "attribute.namespace": "assertion['kubernetes.io']['namespace']"}
    audiences = ["https://acme.example"]
    wanted = made(
        clouds, "eks-rich", oidc={"issuerUri": ISSUER, "allowedAudiences": audiences}, attributeMapping=mapping
    )
    write(wanted, clouds)
    state = wanted.read(clouds)
    assert state
    assert state["mapping"] == mapping
    assert state["audiences"] == [
        "https://acme.example",
        f"https://iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/{POOL}/providers/eks-rich",
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"oidc": {"issuerUri": "https://oidc.eks.eu-central-1.amazonaws.com/id/0"}}, "is for the issuer"),
        ({"attributeMapping": {"google.subject": "assertion.aud[0]"}}, "maps google.subject to assertion.aud[0]"),
    ],
)
def test_a_provider_that_cannot_be_shared_is_refused_with_another_name(
    clouds: Clouds, fields: dict[str, Any], words: str
) -> None:
    wanted = made(clouds, f"eks-other-{len(words)}", **fields)
    with pytest.raises(
        Refused, match="Use a separate provider in the same pool: write `provider: eks-loader`"
    ) as refused:
        change_of(wanted, clouds)
    assert words in str(refused.value)


def test_a_provider_for_aws_is_refused(clouds: Clouds) -> None:
    body = {"aws": {"accountId": "111122223333"}}
    parent, query = provider("x").name.rsplit("/", 1)[0], {"workloadIdentityPoolProviderId": "for-aws"}
    clouds.google.call("iam", "POST", f"/v1/{parent}", body, query)
    with pytest.raises(Refused, match="is for AWS, not for OpenID Connect"):
        change_of(provider("for-aws"), clouds)
