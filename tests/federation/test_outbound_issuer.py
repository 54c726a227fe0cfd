"""AWS's own JWTs are recognised by their issuer, and named where they are met."""

import base64
import json
from datetime import UTC, datetime

import pytest

from wizard.federation.aws import is_outbound_issuer
from wizard.modes import subject_token
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.resources.provider_texts import title_of
from wizard.secret import Secret

ISSUER = "https://0f5c1d2e-3b4a-5968-7766-554433221100.tokens.sts.global.api.aws"


@pytest.mark.parametrize(
    ("issuer", "own"),
    [
        (ISSUER, True),
        (ISSUER + "/", True),
        ("http" + ISSUER.removeprefix("https"), False),
        (ISSUER + ".example.com", False),
        ("https://oidc.eks.eu-central-1.amazonaws.com/id/5D0A9B8C", False),
        (None, False),
    ],
)
def test_only_the_issuers_of_aws_accounts_are_meant(issuer: object, own: bool) -> None:
    assert is_outbound_issuer(issuer) is own


def test_a_provider_for_them_is_named() -> None:
    assert "not proven to work with Google Cloud" in title_of("oidc", ISSUER)
    assert title_of("oidc", "https://acme.example") == "OpenID Connect (OIDC)"
    facts = ProviderFacts.of({"oidc": {"issuerUri": ISSUER}}, {})
    assert "sts:GetWebIdentityToken" in facts.type_title


def test_a_token_of_theirs_is_named() -> None:
    payload = base64.urlsafe_b64encode(json.dumps({"iss": ISSUER, "sub": "x"}).encode()).decode().rstrip("=")
    lines = subject_token.evidence(Secret(f"e30.{payload}.e30"), datetime.now(UTC))
    assert any("There is no proof that Google accepts these JWTs" in line for line in lines)
