"""The evidence of the probe is found again, whatever fills it."""

import ast
import re
from pathlib import Path

import pytest

from wizard import language
from wizard.chain import own_words, probe

FIELD = re.compile(r"\{[^{}]*\}")


def without_fields(node: ast.AST) -> str:
    """Return a text of the source with {} for each of its fields."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


MADE_OF_PARTS = {
    "{permission} is granted on {project}",
    "{permission} is not granted on {project}",
    "{permission} cannot be tested on {project}",
    "{host}: {words}; the TLS certificate is from an unknown issuer",
    "{host}: {words} (through the proxy {proxy})",
    "{hop} failed",
    "reason {reason}",
    "the credential configuration is not a JSON object",
    "these permissions are not granted: {permissions}",
    "subject_token_type is not {type}",
}
"""Sentences that the probe, which has no translations, makes of parts."""


def test_every_template_is_one_of_the_probe() -> None:
    source = ast.parse(Path(probe.__file__).read_text(encoding="utf-8"))
    written = {without_fields(node) for node in ast.walk(source)}
    unknown = {template for template in own_words.SENTENCES if FIELD.sub("{}", template) not in written}
    assert unknown == MADE_OF_PARTS


@pytest.mark.parametrize(
    ("english", "kept"),
    [
        (
            "the AWS credentials are from container endpoint (full URI), and are valid until 2026-11-25T15:42:06Z",
            "2026-11-25T15:42:06Z",
        ),
        ("AWS identifies the caller as arn:aws:sts::1:assumed-role/a/b", "arn:aws:sts::1:assumed-role/a/b"),
        ("sts.googleapis.com answered at 1.2.3.4; the TLS certificate is from Example CA", "Example CA"),
        ("the region ap-northeast-1 is from AWS_REGION", "AWS_REGION"),
    ],
)
def test_evidence_is_spoken_with_what_fills_it(english: str, kept: str) -> None:
    assert own_words.in_language(english) == english
    with language.speaking("ja"):
        said = own_words.in_language(english)
    assert kept in said


def test_other_sentences_stay_as_they_are() -> None:
    with language.speaking("ja"):
        assert own_words.in_language("a sentence of nobody") == "a sentence of nobody"
