"""Rules: where they fit, what they say, and that a fact that does not exist is found by mypy."""

from pathlib import Path

import mypy.api
import pytest

from wizard.chain.hop import EXCHANGE, PERMISSION, Outcome, Refusal
from wizard.chain.rule import Explanation, Facts, Rule, first

FACTS = Facts(impersonating=False, service_account="loader@x", member="principal://us", missing="roles/viewer on x")
DENIED = Outcome(PERMISSION, "failed", refusal=Refusal("DENIED", "no write on x"))
GENERAL = Rule[Facts]((), r"^DENIED: ", "it is denied", "grant it to {member}")
VERB = Rule[Facts]((PERMISSION,), r"no (?P<verb>\w+)", "nobody lets {member} {verb}", "allow {verb}")
IMPERSONATED = Rule[Facts]((), r".", "the account is denied", "grant it", when=lambda facts: facts.impersonating)

TYPED = """
from wizard.chain.reasons_shared import EVERYWHERE
from wizard.chain.rule import Rule
from wizard.modes.aws.live.known import AwsFacts

RULES: tuple[Rule[AwsFacts], ...] = (
    *EVERYWHERE,
    Rule((), ".", "cause", "fix", when=lambda facts: facts.{name}),
)
"""


def test_the_first_rule_that_fits_explains_a_refusal():
    assert first((VERB, GENERAL), DENIED, FACTS) == Explanation("nobody lets principal://us write", "allow write")
    assert first((GENERAL, VERB), DENIED, FACTS) == Explanation("it is denied", "grant it to principal://us")


def test_a_rule_fits_by_its_hops_its_words_and_its_facts():
    elsewhere = Outcome(EXCHANGE, "failed", refusal=DENIED.refusal)
    assert first((VERB,), elsewhere, FACTS) is None
    assert first((VERB,), Outcome(PERMISSION, "failed", refusal=Refusal("DENIED", "?")), FACTS) is None
    assert first((IMPERSONATED,), DENIED, FACTS) is None


def test_an_outcome_without_a_refusal_has_no_explanation():
    assert first((GENERAL,), Outcome(PERMISSION, "failed"), FACTS) is None


@pytest.mark.parametrize(("fact", "exists"), [("provider_disbled", False), ("provider_disabled", True)])
def test_a_rule_that_asks_for_a_fact_that_does_not_exist_is_a_type_error(fact: str, exists: bool, tmp_path: Path):
    snippet = tmp_path / "snippet.py"
    snippet.write_text(TYPED.format(name=fact))
    found, _, code = mypy.api.run([str(snippet)])
    assert code == (0 if exists else 1), found
    assert exists or f'"AwsFacts" has no attribute "{fact}"' in found
