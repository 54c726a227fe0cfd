"""Resources that no plan can change: the rule about just this reason is found, and stays the cause."""

from typing import Any

import pytest

from wizard.chain.hop import Hop, Outcome, Refusal
from wizard.doctor import catalogue
from wizard.work import findings


class FakeResource:
    """A resource, as far as a finding needs it."""

    def __init__(self, kind: str) -> None:
        self.kind = self.name = kind


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [
        ("node pool's metadata mode", "WINDOWS_NODES", "WIF0714"),
        ("cluster's workload pool", "FLEET_POOL", "WIF0720"),
        ("cluster's workload pool", "STOPPING", "WIF0704"),
    ],
)
def test_a_reason_of_our_own_has_a_rule_which_a_refused_step_does_not_replace(
    kind: str, reason: str, code: str
) -> None:
    rule = catalogue.rule_of_refusal(kind, reason)
    assert rule
    assert rule.code == code
    resource: Any = FakeResource(kind)
    step = Outcome.of(Hop("node-pools", "Node pools"), (), Refusal("GceMetadata", "windows"))
    refused = {"": [step.because("the pool has no metadata server", "x", "WIF0707")]}
    (found,) = findings.with_outcomes([findings.of_refusal(resource, "it is so", rule, "do this")], refused)
    assert (found.rule.code, found.cause) == (code, rule.title)
    assert len(found.evidence) == 2
    assert found.fix == "do this"


def test_a_reason_without_a_rule_leads_to_the_general_one() -> None:
    assert catalogue.rule_of_refusal("node pool's metadata mode", "PERMISSION_DENIED") is None
    assert catalogue.rule_of_refusal("node pool's metadata mode", "") is None
    general = catalogue.rule_of_change("node pool's metadata mode", (), "refused")
    assert general
    assert general.code == "WIF0707"


def test_a_reason_with_the_general_rule_is_explained_by_the_refused_step() -> None:
    rule = catalogue.rule_of_refusal("cluster's workload pool", "OTHER_POOL")
    assert rule
    assert rule.code == "WIF0004"
    resource: Any = FakeResource("cluster's workload pool")
    finding = findings.of_refusal(resource, "it is in another pool", rule)
    assert (finding.cause, finding.fix) == (rule.title, rule.fix)
