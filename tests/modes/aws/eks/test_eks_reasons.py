"""The causes of what goes wrong with a pod on EKS, and the prediction of its principal."""

from dataclasses import replace
from typing import Any

import pytest

from tests.chain.sentences import field_names, known_names
from wizard.chain.hop import EXCHANGE, IMPERSONATION, NETWORK, PERMISSION, Outcome, Refusal
from wizard.chain.rule import first
from wizard.federation import eks
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity
from wizard.modes.aws.eks import hops
from wizard.modes.aws.eks.facts import EksFacts, EksKnown, EksTest
from wizard.modes.aws.eks.reasons import RULES
from wizard.modes.aws.eks.walk import EksChain
from wizard.modes.aws.live.hops import APPLICATION, PRINCIPAL

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/5D0A9B8C7E6F4A3B2C1D0E9F8A7B6C5D"
OTHER = ISSUER[:-1] + "0"
SUBJECT = eks.subject("orders", "loader")
POOL = PoolName("123456789012", "aws-prod")
AUDIENCE = (
    "https://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/providers/eks"
)
PROVIDER: dict[str, Any] = {
    "state": "ACTIVE",
    "disabled": False,
    "type": "oidc",
    "issuer": ISSUER,
    "audiences": [],
    "mapping": dict(eks.MAPPING),
    "condition": eks.condition(SUBJECT),
}
CLAIMS = eks.claims(ISSUER, "orders", "loader", AUDIENCE)


def made(**changes: Any) -> EksTest:
    test = EksTest(
        config={},
        identity=FederatedIdentity(POOL, SUBJECT),
        provider_name=f"{POOL.name}/providers/eks",
        cluster="shop",
        namespace="orders",
        service_account="loader",
        issuer=ISSUER,
        audience=AUDIENCE,
        provider=PROVIDER,
    )
    return replace(test, **changes)


def cause_and_fix(test: EksTest, hop: Any, code: str, message: str) -> tuple[str, str]:
    outcome = Outcome.of(hop, (), Refusal(code, message))
    found = first(RULES, outcome, EksKnown(test).facts(outcome))
    assert found
    return found.cause, found.fix


def test_every_field_of_every_sentence_exists() -> None:
    taken = {*hops.PROBED_INSIDE, APPLICATION, NETWORK}
    for rule in RULES:
        assert field_names(rule) <= known_names(rule, EksFacts), rule
        assert set(rule.hops) <= taken


CONNECTING = "Error connecting to the given credential's issuer."


@pytest.mark.parametrize(
    ("changes", "hop", "refusal", "cause", "fix"),
    [
        (
            {"issuer": OTHER},
            EXCHANGE,
            ("invalid_grant", CONNECTING),
            "recreated cluster has a new issuer",
            "aws.cluster",
        ),
        ({"provider": None}, EXCHANGE, ("invalid_grant", CONNECTING), "cannot verify the token", "--name shop"),
        (
            {"provider": {**PROVIDER, "type": "aws"}},
            EXCHANGE,
            ("invalid_request", "x"),
            "the provider is for AWS",
            "an OIDC provider",
        ),
        (
            {"provider": {**PROVIDER, "disabled": True}},
            EXCHANGE,
            ("invalid_target", "x"),
            "disabled or deleted",
            "wif-wizard apply",
        ),
        (
            {},
            EXCHANGE,
            ("unauthorized_client", "The given credential is rejected by the attribute condition."),
            f"does not accept the subject {SUBJECT}",
            "keeps all identities that the condition accepts now",
        ),
        (
            {},
            EXCHANGE,
            ("invalid_grant", "ID Token issued at 1713260741 is stale to sign-in."),
            "has expired",
            "projected volume itself",
        ),
        (
            {"google_account": "x@acme.iam.gserviceaccount.com", "members": {"impersonation": ()}},
            IMPERSONATION,
            ("PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource"),
            "no principal has roles/iam.workloadIdentityUser",
            f"--member=principal://iam.googleapis.com/{POOL.name}/subject/{SUBJECT}",
        ),
        ({}, PERMISSION, ("MISSING", "not granted: bigquery.jobs.create"), "does not have", "grant"),
        ({}, hops.SUBJECT_TOKEN, ("ImagePull", "x"), "cannot pull the image", "probe.image"),
        ({}, NETWORK, ("NoWayOut", "sts.googleapis.com: timed out"), "no route to Google Cloud", "NAT gateway"),
    ],
)
def test_each_refusal_has_its_cause_and_its_fix(
    changes: dict[str, Any], hop: Any, refusal: tuple[str, str], cause: str, fix: str
) -> None:
    found = cause_and_fix(made(**changes), hop, *refusal)
    assert cause in found[0]
    assert fix in found[1]


@pytest.mark.parametrize(
    ("provider", "status", "words"),
    [
        (PROVIDER, "ok", "the attribute condition is true"),
        ({**PROVIDER, "condition": ""}, "ok", "the provider has no attribute condition"),
        ({**PROVIDER, "condition": "google.subject == 'other'"}, "failed", "subject " + SUBJECT),
        ({**PROVIDER, "mapping": {"google.subject": "assertion.nothing"}}, "failed", ""),
        (None, "not_proven", "cannot read the provider"),
    ],
)
def test_the_principal_is_predicted(provider: Any, status: str, words: str) -> None:
    outcome, known = EksKnown(made(provider=provider)).predict(CLAIMS)
    assert (outcome.hop, outcome.status) == (PRINCIPAL, status)
    assert words in "\n".join(outcome.evidence)
    assert known.predicts_refusal(EXCHANGE) == (status == "failed")


@pytest.mark.parametrize(
    ("received", "code"),
    [
        ({"iss": OTHER, "sub": SUBJECT}, "OtherIssuer"),
        ({"iss": ISSUER, "sub": eks.subject("orders", "default")}, "OtherSubject"),
    ],
)
def test_the_token_of_another_cluster_or_account_is_a_failed_step(received: dict[str, Any], code: str) -> None:
    chain = EksChain(made())
    chain.on_report(Outcome.of(hops.SUBJECT_TOKEN, (), received=received))
    token, principal = chain.report.outcomes
    assert (token.status, principal.status) == ("failed", "skipped")
    assert token.refusal and token.refusal.code == code
    assert "shop" in (token.reason or "") or "loader" in (token.fix or "")


MEMBER = f"principal://iam.googleapis.com/{POOL.name}/subject/"


@pytest.mark.parametrize(
    ("member", "code", "cause"),
    [
        (f"{MEMBER}system:serviceaccount:order:loader", "16", "names another namespace; the pod's service account is"),
        (f"{MEMBER}system:serviceaccount:orders:default", "16", "names another service account"),
        (f"{MEMBER}ns/orders/sa/loader", "12", f"the form for pods on GKE; the subject of this pod is {SUBJECT}"),
        (f"{MEMBER}{SUBJECT}/", "12", "a stray character"),
        (
            f"{MEMBER}{SUBJECT}".replace("principal:", "principalSet:"),
            "12",
            "a member with a subject must start with principal://",
        ),
        (f"{MEMBER}{SUBJECT}".replace("123456789012", "acme-analytics"), "13", "contains the project ID"),
        (f"{MEMBER}{SUBJECT}".replace("aws-prod", "aws-test"), "14", "is not the workload's pool"),
    ],
)
def test_a_member_that_almost_names_the_pod_is_the_cause(member: str, code: str, cause: str) -> None:
    denied = Refusal("PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource")
    for hop, refusal, made_of, layer in (
        (PERMISSION, Refusal("MISSING", "roles/x"), {}, "WIF05"),
        (IMPERSONATION, denied, {"google_account": "x@acme.iam.gserviceaccount.com"}, "WIF04"),
    ):
        test = made(members={hop.id: (member,)}, **made_of)
        found = first(RULES, Outcome.of(hop, (), refusal), EksKnown(test).facts(Outcome.of(hop, (), refusal)))
        assert found
        assert found.code == f"{layer}{code}"
        assert member in found.cause
        assert cause in found.cause


@pytest.mark.parametrize(
    "members",
    [
        (f"{MEMBER}{SUBJECT}", f"{MEMBER}system:serviceaccount:order:loader"),
        (f"{MEMBER}system:serviceaccount:other:writer",),
        ("user:someone@acme.example",),
    ],
)
def test_a_member_that_is_the_pod_or_far_from_it_is_no_near_miss(members: tuple[str, ...]) -> None:
    outcome = Outcome.of(PERMISSION, (), Refusal("MISSING", "roles/x"))
    assert EksKnown(made(members={"permission": members})).facts(outcome).near_kind == ""
