"""Members that miss a workload by one thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation import gke
from wizard.modes.gke.live.near_miss import NearMiss, Wanted, near_miss

WANTED = Wanted("210987654321", "acme-payments.svc.id.goog", "anti-fraud", "scorer")
RIGHT = gke.principal("acme-payments", "210987654321", "anti-fraud", "scorer")
BINDING = gke.workload_identity_member("acme-payments", "anti-fraud", "scorer")

MISSES = [
    (RIGHT.replace("ns/anti-fraud/sa/scorer", "system:serviceaccount:anti-fraud:scorer"), "form"),
    (RIGHT.replace("principal:", "principalSet:"), "form"),
    (RIGHT.replace("210987654321", "acme-payments", 1), "project"),
    (RIGHT.replace("210987654321", "123456789012", 1), "project"),
    (RIGHT.replace("/ns/anti-fraud/", "/ns/antifraud/"), "namespace"),
    (RIGHT + "s", "account"),
    (RIGHT.replace("acme-payments.svc", "acme-payment.svc"), "pool"),
    (BINDING.replace("[anti-fraud/", "[default/"), "namespace"),
    (BINDING.replace("/scorer]", "/default]"), "account"),
    (BINDING.replace("acme-payments.", "210987654321."), "pool"),
    (
        RIGHT.replace("principal:", "principalSet:").replace("subject/ns/anti-fraud/sa/scorer", "namespace/x"),
        "namespace",
    ),
]


@pytest.mark.parametrize(("member", "part"), MISSES)
def test_one_wrong_part_is_found(member: str, part: str):
    by_id = "/projects/acme-payments/" in member
    assert near_miss(("user:operator@acme.example", member), WANTED) == NearMiss(member, part, by_id)


def test_the_likeliest_of_several_is_taken():
    """Grants to other namespaces are other teams', as a rule: they are the cause only if nothing else is."""
    every = RIGHT.replace("principal:", "principalSet:").replace("subject/ns/anti-fraud/sa/scorer", "namespace/other")
    theirs, typo = RIGHT.replace("/anti-fraud/", "/checkout/"), RIGHT.replace("scorer", "Scorer")
    assert near_miss((every, theirs, typo), WANTED) == NearMiss(typo, "account")
    assert near_miss((every, theirs), WANTED) == NearMiss(theirs, "namespace")


@pytest.mark.parametrize(
    "member",
    [
        RIGHT,
        BINDING,
        "allUsers",
        gke.workload_identity_member("acme-payments", "checkout", "checkout"),
        "serviceAccount:a@b.c",
    ],
)
def test_the_right_one_and_quite_other_ones_are_no_miss(member: str):
    assert near_miss((member,), WANTED) is None


@given(st.lists(st.text()))
def test_any_text_is_taken(members: list[str]):
    near_miss(members, WANTED)
