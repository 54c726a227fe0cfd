"""A file that is not a setup is called what it is, in one sentence."""

import json
from typing import Any

import pytest

from tests.setups import loads
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.setup.problems import SetupError
from wizard.setup.recognise import is_setup, kind_of_text

CONFIG = credential_config(ProviderName(PoolName("123456789012", "pool"), "provider"))
KEY = {"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\nMII", "client_email": "x@y"}


def told(text: str) -> str:
    with pytest.raises(SetupError) as refused:
        loads(text)
    (problem,) = refused.value.problems
    return f"{problem.what}; {problem.fix}"


@pytest.mark.parametrize("text", [json.dumps(CONFIG), json.dumps(CONFIG, indent="\t"), "type: external_account\nx: 1"])
def test_a_credential_configuration_is_to_be_tested(text: str) -> None:
    assert "not a setup; run `wif-wizard test setup`" in told(text)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (KEY, "the file contains a service account key"),
        ({"type": "authorized_user", "refresh_token": "1//"}, "the file contains the credentials of a user"),
        ({"apiVersion": "v1", "kind": "Config"}, "the file contains a kubeconfig, not a setup"),
        ({"apiVersion": "v1", "kind": "Pod"}, "the file contains a Kubernetes manifest"),
        ({"Version": "2012-10-17", "Statement": []}, "the file contains an AWS policy"),
    ],
)
def test_other_files_are_named(document: dict[str, Any], says: str) -> None:
    sentence = told(json.dumps(document))
    assert says in sentence
    assert "BEGIN" not in sentence and "remove" not in sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Service\n", "a Kubernetes manifest"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII", "a private key"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln\n", "a token"),
    ],
)
def test_texts_that_are_no_single_document_are_named(text: str, says: str) -> None:
    assert says in told(text)


@pytest.mark.parametrize(
    "text", ["version: 1\nmode: aws\ntype: external_account", "version: 1\nmode: gke\nkind: x", "a: 1", ""]
)
def test_what_is_meant_as_a_setup_is_no_other_file(text: str) -> None:
    assert kind_of_text(text) is None


def test_a_setup_can_be_json() -> None:
    assert is_setup(json.dumps({"version": 1, "mode": "aws"}))
    assert not is_setup(json.dumps(CONFIG)) and not is_setup("[") and not is_setup("a: 1")
