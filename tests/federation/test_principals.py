"""Members of policies: as Google documents them, compared as IAM compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, admits, everyone, group, principal, principal_set

POOL = PoolName("123456789012", "aws-pool")
OTHER = PoolName("123456789012", "aws-pool-2")
HOME = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool"
ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
CALLER = FederatedIdentity(POOL, ROLE + "/0123abcd", ("writers",), {"aws_role": ROLE})

texts = st.text(min_size=1)


def test_the_members_have_the_documented_forms() -> None:
    assert principal(POOL, "s") == f"principal://{HOME}/subject/s"
    assert principal_set(POOL, "aws_role", ROLE) == f"principalSet://{HOME}/attribute.aws_role/{ROLE}"
    assert group(POOL, "g") == f"principalSet://{HOME}/group/g"
    assert everyone(POOL) == f"principalSet://{HOME}/*"


@pytest.mark.parametrize(
    "member",
    [
        f"principal://{HOME}/subject/{ROLE}/0123abcd",
        f"principalSet://{HOME}/attribute.aws_role/{ROLE}",
        f"principalSet://{HOME}/group/writers",
        f"principalSet://{HOME}/*",
        "allUsers",
    ],
)
def test_a_member_that_includes_the_caller_admits_it(member: str) -> None:
    assert admits(member, CALLER)


@pytest.mark.parametrize(
    "member",
    [
        f"principal://{HOME}/subject/{ROLE}",
        f"principalSet://{HOME}/subject/{ROLE}/0123abcd",
        f"principal://{HOME}/attribute.aws_role/{ROLE}",
        f"principalSet://{HOME}/attribute.aws_role/arn:aws:iam::111122223333:role/rds-to-bigquery",
        f"principalSet://{HOME}/attribute.aws_role/{ROLE}-2",
        f"principalSet://{HOME}/attribute.aws_role/{ROLE}/",
        f"principalSet://{HOME}/attribute.aws_role/{ROLE.upper()}",
        f"principalSet://{HOME}/attribute.AWS_ROLE/{ROLE}",
        f"principalSet://{HOME}/aws_role/{ROLE}",
        f"principalSet://{HOME}/attribute.aws_role/*",
        f"principalSet://{HOME}/group/readers",
        f"principalset://{HOME}/*",
        f"principalSet://{HOME.replace('123456789012', '210987654321')}/*",
        f"principalSet://{HOME.replace('123456789012', 'acme-analytics')}/*",
        everyone(OTHER),
        f"deleted:principal://{HOME}/subject/{ROLE}/0123abcd?uid=1",
        "allAuthenticatedUsers",
        "user:operator@acme.example",
        "",
    ],
)
def test_a_member_that_is_not_the_callers_admits_nobody(member: str) -> None:
    assert not admits(member, CALLER)


@given(texts, texts, texts)
def test_an_attribute_admits_exactly_its_value(name: str, value: str, asked: str) -> None:
    identity = FederatedIdentity(POOL, "s", (), {name: value})
    assert admits(principal_set(POOL, name, value), identity)
    assert admits(principal_set(POOL, name, asked), identity) == (asked == value)
    assert not admits(principal_set(OTHER, name, value), identity)


@given(texts, texts)
def test_a_subject_admits_exactly_itself(subject: str, asked: str) -> None:
    identity = FederatedIdentity(POOL, subject)
    assert admits(principal(POOL, subject), identity)
    assert admits(principal(POOL, asked), identity) == (asked == subject)


GKE = PoolName("123456789012", "acme-analytics.svc.id.goog")
GKE_HOME = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme-analytics.svc.id.goog"
CLUSTER = "https://container.googleapis.com/v1/projects/acme-analytics/locations/asia-northeast1/clusters/payments"
SCORER = FederatedIdentity(
    GKE,
    "ns/anti-fraud/sa/scorer",
    (),
    {"kubernetes.serviceaccount.uid": "0e7b", "kubernetes.cluster": CLUSTER},
)


@pytest.mark.parametrize(
    "member",
    [
        f"principal://{GKE_HOME}/subject/ns/anti-fraud/sa/scorer",
        f"principal://{GKE_HOME}/kubernetes.serviceaccount.uid/0e7b",
        f"principalSet://{GKE_HOME}/namespace/anti-fraud",
        f"principalSet://{GKE_HOME}/kubernetes.cluster/{CLUSTER}",
        "serviceAccount:acme-analytics.svc.id.goog[anti-fraud/scorer]",
    ],
)
def test_the_forms_of_gke_admit_its_identity(member: str) -> None:
    assert admits(member, SCORER)


@pytest.mark.parametrize(
    "member",
    [
        f"principalSet://{GKE_HOME}/namespace/anti",
        f"principalSet://{GKE_HOME}/kubernetes.cluster/{CLUSTER}-2",
        f"principal://{GKE_HOME}/kubernetes.serviceaccount.uid/0e7c",
        "serviceAccount:acme-analytics.svc.id.goog[anti-fraud/other]",
        "serviceAccount:other.svc.id.goog[anti-fraud/scorer]",
    ],
)
def test_the_forms_of_gke_admit_nobody_else(member: str) -> None:
    assert not admits(member, SCORER)


def test_the_forms_of_gke_mean_nothing_in_other_pools() -> None:
    elsewhere = FederatedIdentity(POOL, "ns/anti-fraud/sa/scorer")
    assert not admits(f"principalSet://{HOME}/namespace/anti-fraud", elsewhere)
    assert not admits("serviceAccount:aws-pool[anti-fraud/scorer]", elsewhere)
