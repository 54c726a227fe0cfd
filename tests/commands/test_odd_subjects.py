"""`wif-wizard doctor` on what leads to no workload: one sentence says what it is, and what to do."""

from pathlib import Path

import pytest

from tests.commands.conftest import World

MANIFEST = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: scorer, namespace: anti-fraud}\n"
KEY = '{"type": "service_account", "client_email": "loader@acme-analytics.iam.gserviceaccount.com"}'


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "manifest.yaml",
            MANIFEST,
            "is a Kubernetes manifest. Specify the Kubernetes service account that the pods use",
        ),
        (
            "manifests.yml",
            f"{MANIFEST}---\n{MANIFEST}",
            "is a Kubernetes manifest. Specify the Kubernetes service account",
        ),
        ("empty.txt", " \n", "is empty: specify a setup, or the credential configuration that the workload uses"),
        ("the log.txt", "ERROR: it failed\n", "If the file contains an error text, run: wif-wizard doctor - <'"),
        ("main.tf", 'variable "x" {}\n', "is neither a setup nor a credential configuration"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_one_sentence(
    world: World, tmp_path: Path, name: str, text: str, says: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    answer = world.wif("doctor", str(path))
    assert answer.code == 64
    assert says in answer.err.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "text", "code", "says"),
    [
        ("empty.json", "", "WIF0111", "is empty; generate the file again\n"),
        ("key.json", KEY, "WIF0103", "disable the key, then delete the key"),
        ("policy.json", '{"Version": "2012-10-17", "Statement": []}', "WIF0111", "fix  pass a setup file\n"),
    ],
)
def test_a_file_in_place_of_a_credential_configuration_is_a_finding(
    world: World, tmp_path: Path, name: str, text: str, code: str, says: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    answer = world.wif("doctor", str(path))
    assert answer.code == 1
    assert f"Cause: {code}  " in answer.out
    assert says in answer.out
    assert "generate the file again; generate the file again" not in answer.out


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("casey@acme.example", "is not the email address of a service account"),
        ("pod/anti-fraud/scorer", "put the namespace before pod/: wif-wizard doctor anti-fraud/pod/scorer"),
        ("arn:aws:iam::111122223333:user/casey", "is an IAM user, not a role"),
        ("gone@acme-elsewhere.iam.gserviceaccount.com", "the doctor cannot read the service account"),
        ("nowhere/nobody", "cannot read the clusters of the project acme-analytics"),
    ],
)
def test_a_name_that_leads_nowhere_says_what_to_name(world: World, subject: str, says: str) -> None:
    answer = world.wif("doctor", subject)
    assert answer.code == 64
    assert says in answer.err
    assert world.writes() == []


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        (
            "gone@acme-analytics.iam.gserviceaccount.com",
            ("does not exist. If someone deleted the service account less than 30 days ago, you"),
        ),
        (
            "nightly-load@acme-analytics.iam.gserviceaccount.com",
            "found no workload that impersonates nightly-load",
        ),
        ("arn:aws:iam::444455556666:role/theirs", "provider for AWS account 444455556666"),
    ],
)
def test_a_name_in_a_project_with_a_pool_that_leads_nowhere_says_what_to_name(
    world: World, subject: str, says: str
) -> None:
    assert world.wif("apply", world.setup(), "--yes").code == 0
    answer = world.wif("doctor", subject)
    assert answer.code == 64
    assert says in answer.err
